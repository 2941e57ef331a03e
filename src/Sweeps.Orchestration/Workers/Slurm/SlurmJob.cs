namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>A job as <c>squeue</c> or <c>sacct</c> tells of it.</summary>
/// <param name="Id">Its number; <c>12_3</c> for a task of an array.</param>
/// <param name="State">Slurm's word for where it stands, such as <c>RUNNING</c>.</param>
/// <param name="Node">Where it runs or ran; empty while it waits.</param>
/// <param name="Tag">Its comment, by which a submission is known before its number is.</param>
/// <param name="Reason">Why it waits, or why it ended.</param>
public sealed record SlurmJob(string Id, string State, string Node, string Tag, string Reason)
{
    /// <summary>For <c>squeue --format</c>: the reason, which may hold anything, is last.</summary>
    public const string QueueFormat = "%i|%T|%N|%k|%r";

    /// <summary>For <c>sacct --format</c>.</summary>
    public const string AccountingFormat = "JobID,State,NodeList";

    // Those of Slurm 22.05 to 25.05 in which nothing of the job is alive. In all others, and in those that are not known yet, something may be.
    private static readonly HashSet<string> Over = new(StringComparer.Ordinal)
    {
        "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "LAUNCH_FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "RECONFIG_FAIL", "REVOKED", "TIMEOUT",
    };

    /// <summary>Whether nothing of it is alive.</summary>
    public bool IsOver => Over.Contains(State);

    /// <summary>Whether it has not begun.</summary>
    public bool IsPending => State is "PENDING" or "REQUEUED" or "REQUEUE_HOLD" or "RESV_DEL_HOLD" or "SPECIAL_EXIT";

    /// <summary>Its place in its array, or null for a job of its own.</summary>
    public int? Index => Id.IndexOf('_', StringComparison.Ordinal) is > 0 and var at && int.TryParse(Id.AsSpan(at + 1), out var index) ? index : null;

    /// <summary>Reads what <c>squeue --noheader --array</c> printed in <see cref="QueueFormat"/>; other lines are no jobs.</summary>
    public static IReadOnlyList<SlurmJob> ReadQueue(string output) => [.. Lines(output)
        .Select(line => line.Split('|', 5))
        .Where(fields => fields.Length == 5)
        .Select(fields => new SlurmJob(fields[0], fields[1], Value(fields[2]), Value(fields[3]), Value(fields[4])))];

    /// <summary>Reads what <c>sacct --noheader --parsable2</c> printed in <see cref="AccountingFormat"/>. A state may say more, as <c>CANCELLED by 1000</c>.</summary>
    public static IReadOnlyList<SlurmJob> ReadAccounting(string output) => [.. Lines(output)
        .Select(line => line.Split('|'))
        .Where(fields => fields.Length >= 3 && fields[1].Length > 0)
        .Select(fields => new SlurmJob(fields[0], fields[1].Split(' ')[0], Value(fields[2]), "", fields[1]))];

    /// <summary>Reads what <c>sbatch --parsable</c> printed: <c>12</c>, or <c>12;cluster</c>. Warnings may come before it. Null when there is no number.</summary>
    public static string? ReadSubmitted(string output) =>
        Lines(output).LastOrDefault()?.Split(';')[0] is { Length: > 0 } id && id.All(char.IsAsciiDigit) ? id : null;

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Value(string field) => field.Trim() is "(null)" or "None" or "None assigned" ? "" : field.Trim();
}
