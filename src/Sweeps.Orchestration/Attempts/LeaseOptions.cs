namespace Sweeps.Orchestration.Attempts;

/// <summary>How long a silent machine keeps its attempts.</summary>
public sealed record LeaseOptions
{
    /// <summary>Name of the environment variable with <see cref="Duration"/> in seconds.</summary>
    public const string DurationVariable = "SWEEPS_LEASE";

    /// <summary>Time without a report after which a machine's attempts are given up as lost.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);
}
