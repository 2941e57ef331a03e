namespace Sweeps.Worker;

/// <summary>The head knows a newer attempt of the stage (status 409).</summary>
public sealed class FencedException() : Exception("A newer attempt of the stage exists.");
