using System.Globalization;

namespace Sweeps.Worker;

/// <summary>How a worker talks to the head.</summary>
public sealed record WorkerOptions
{
    /// <summary>Name of the environment variable with <see cref="Patience"/> in seconds.</summary>
    public const string PatienceVariable = "SWEEPS_HEAD_PATIENCE";

    /// <summary>How long a worker that is done waits for a head that is not there, before it ends and leaves its spool.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Shortest time between two batches of points, so that a fast run does not send each point alone.</summary>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>First pause after a failed request; it doubles with each further failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The defaults, with the patience from the environment where it is set.</summary>
    /// <exception cref="AssignmentException">The variable is not a number of seconds.</exception>
    public static WorkerOptions FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(PatienceVariable) is not { Length: > 0 } text) return new();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 1e9
            ? new() { Patience = TimeSpan.FromSeconds(seconds) }
            : throw new AssignmentException($"{PatienceVariable}={text}: expected a number of seconds.");
    }
}
