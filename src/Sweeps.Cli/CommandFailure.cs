namespace Sweeps.Cli;

/// <summary>The command cannot go on; the message is one sentence that says why and what helps.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">For standard error.</param>
public sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    /// <summary>What the process exits with.</summary>
    public int ExitCode { get; } = exitCode;
}
