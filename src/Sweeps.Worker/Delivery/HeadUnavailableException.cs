namespace Sweeps.Worker;

/// <summary>The head refuses the attempt for a reason that waiting does not change, or was not reached for longer than the worker's patience.</summary>
public sealed class HeadUnavailableException(string message) : Exception(message);
