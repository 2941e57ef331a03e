namespace Sweeps.Orchestration.Agents;

/// <summary>An agent cannot begin; the message is one sentence.</summary>
public sealed class AgentException(string message, Exception? inner = null) : Exception(message, inner);
