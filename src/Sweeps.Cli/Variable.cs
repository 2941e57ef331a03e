using System.Globalization;

namespace Sweeps.Cli;

/// <summary>Variables of the environment.</summary>
internal static class Variable
{
    /// <summary>A number of seconds, or null where it is not set.</summary>
    /// <exception cref="CommandFailure">It is something else.</exception>
    public static TimeSpan? Seconds(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e6
            ? TimeSpan.FromSeconds(seconds) : throw new CommandFailure(ExitCode.Usage, $"{name}={text}: expected a number of seconds.");
    }
}
