using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Results.Records;

/// <summary>One sweep as it is stored.</summary>
public sealed class SweepRecord
{
    /// <summary>Number of the sweep in this database, from 1.</summary>
    public long Id { get; internal set; }

    /// <summary>Name in the sweep file; several sweeps may share it.</summary>
    public required string Name { get; init; }

    /// <summary>The question, in the words of the sweep file.</summary>
    public string? Description { get; set; }

    /// <summary>The sweep file, whole.</summary>
    public required string FileText { get; set; }

    /// <summary>SHA-256 of <see cref="FileText"/>, by which a later call finds a sweep that was stopped.</summary>
    public required string FileHash { get; set; }

    /// <summary><c>gpt</c>, the built-in trainer, or the name of what the command starts.</summary>
    public required string Program { get; init; }

    /// <summary>The <see cref="Core.Commands.CommandSpec"/> as a JSON object; null for the built-in trainer.</summary>
    public string? CommandJson { get; init; }

    /// <summary>Name of the metric that answers the question.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of the metric are good.</summary>
    public MetricGoal Goal { get; init; }

    /// <summary>Value of the metric to reach, or null.</summary>
    public double? Target { get; set; }

    /// <summary>0 to 100; the stages of the highest are claimed first.</summary>
    public int Priority { get; init; }

    /// <summary>Further attempts of a stage after errors of the user's.</summary>
    public int UserRetries { get; init; }

    /// <summary>Further attempts of a stage after it ran out of memory.</summary>
    public int MemoryRetries { get; init; }

    /// <summary>Further attempts of a stage after its process or machine vanished.</summary>
    public int MachineRetries { get; init; }

    /// <summary>Whether its search may still add configurations, or its rule seeds; while they may, the sweep does not end with its runs.</summary>
    public bool IsSearching { get; internal set; }

    /// <summary>With which runs its own share stages.</summary>
    public Sharing Sharing { get; init; }

    /// <summary>Whether its file asks for configurations to be stopped early.</summary>
    public bool StopsEarly { get; internal set; }

    /// <summary>Steps of stages of other sweeps that its runs go through; each stage counts once.</summary>
    public long ReusedSteps { get; init; }

    /// <summary>The nightly job of which it is a night, or null.</summary>
    public string? NightlyJob { get; init; }

    /// <summary>GPUs that each of its attempts needs, a part of 1 for a share of one; null when it does not say.</summary>
    public double? Gpus { get; init; }

    /// <summary>CPU cores that each needs, or null.</summary>
    public int? Cpus { get; init; }

    /// <summary>Memory that each needs, or null.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Time that its attempts ask a batch system for; null where the file does not say.</summary>
    public double? TimeSeconds { get; init; }

    /// <summary>What each of its attempts needs.</summary>
    public ResourceSpec Needs => new() { Gpus = Gpus, Cpus = Cpus, MemoryBytes = MemoryBytes, Time = TimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

    /// <summary>Why no machine that is there can ever take its stages, a sentence; null when one can.</summary>
    public string? WaitsFor { get; internal set; }

    /// <summary>Where it stands.</summary>
    public SweepState State { get; internal set; }

    /// <summary>True when no run of it begins any more; it ends when those that have begun do.</summary>
    public bool IsStopping { get; internal set; }

    /// <summary>True when nothing can make it go on.</summary>
    public bool HasEnded => State is SweepState.Completed or SweepState.Failed or SweepState.Cancelled;

    /// <summary>Version of the program that took it in, with the commit where that is known; null for one that is older than this column.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it reached a final state, or null.</summary>
    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>The answer in words, or null before there is one.</summary>
    public string? Verdict { get; internal set; }

    /// <summary>The answer in numbers (<c>summary.json</c>), or null before there is one.</summary>
    public string? SummaryJson { get; internal set; }

    /// <summary>The same, where another process says where it stands.</summary>
    public SweepRecord At(long id, SweepState state, bool isSearching, bool isStopping, string? waitsFor, string? verdict, DateTimeOffset? finishedAt)
    {
        (Id, State, IsSearching, IsStopping, WaitsFor, Verdict, FinishedAt) = (id, state, isSearching, isStopping, waitsFor, verdict, finishedAt);
        return this;
    }

    /// <summary><c>NAME-ID</c>, with what is no part of a file name replaced: what files with its results are called.</summary>
    public string FileName()
    {
        var name = string.Concat(Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).TrimStart('.');
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{Id}");
    }
}
