using Sweeps.Core.Gpt;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A sweep as the API shows it; how many steps it will have is null where only its program knows.</summary>
public sealed record SweepView
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Its name; several sweeps may share it.</summary>
    public required string Name { get; init; }

    /// <summary>The question, in words.</summary>
    public string? Description { get; init; }

    /// <summary><c>gpt</c>, the built-in trainer, or the name of the program that it starts.</summary>
    public required string Program { get; init; }

    /// <summary>Where it stands.</summary>
    public required SweepState State { get; init; }

    /// <summary>Whether no run of it begins any more.</summary>
    public required bool IsStopping { get; init; }

    /// <summary>Whether its search may still add configurations.</summary>
    public required bool IsSearching { get; init; }

    /// <summary>What it is judged by.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of that are good.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The value whose cost is asked for.</summary>
    public double? Target { get; init; }

    /// <summary>0 to 100; the highest goes first.</summary>
    public required int Priority { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Configurations that it has so far.</summary>
    public required int Configurations { get; init; }

    /// <summary>Runs that it has so far.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs under way.</summary>
    public required int RunsRunning { get; init; }

    /// <summary>Runs that reached their last step.</summary>
    public required int RunsCompleted { get; init; }

    /// <summary>Runs that failed.</summary>
    public required int RunsFailed { get; init; }

    /// <summary>Runs that were stopped early.</summary>
    public required int RunsPruned { get; init; }

    /// <summary>Steps trained so far, shared ones once.</summary>
    public required long StepsDone { get; init; }

    /// <summary>Steps to train in all, shared ones once.</summary>
    public long? StepsPlanned { get; init; }

    /// <summary>Steps that other sweeps had trained.</summary>
    public required long StepsReused { get; init; }

    /// <summary>Steps of all runs.</summary>
    public long? StepsWithoutSharing { get; init; }

    /// <summary>Time of all its workers together, in seconds.</summary>
    public required double MachineSeconds { get; init; }

    /// <summary>Seconds until its end if it goes on as fast as until now on as many slots; null when that cannot be said.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>The configuration with the best mean, once the sweep is judged.</summary>
    public BestConfiguration? Best { get; init; }

    /// <summary>The answer in words, once the sweep is judged.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why no machine that is there can ever take its stages; null when one can.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The same as who reads the results has it, without what only they say.</summary>
    public SweepOverview ToOverview() => new(
        new SweepRecord
        {
            Name = Name, Description = Description, FileText = "", FileHash = "", Program = Program, CommandJson = StepsPlanned is null ? "{}" : null, Metric = Metric, Goal = Goal,
            Target = Target, Priority = Priority, ReusedSteps = StepsReused, CreatedAt = CreatedAt,
        }.At(Id, State, IsSearching, IsStopping, WaitsFor, Verdict, FinishedAt),
        Configurations, Runs, RunsCompleted, RunsFailed, RunsPruned, StepsDone, StepsPlanned ?? 0, StepsWithoutSharing ?? 0);

    /// <summary>What is shown of a sweep.</summary>
    public static SweepView Of(SweepListing listing)
    {
        var (overview, sweep) = (listing.Overview, listing.Overview.Sweep);
        var (open, left) = (listing.AttemptsOpen, overview.StepsPlanned - overview.StepsDone);
        return new SweepView
        {
            Id = sweep.Id, Name = sweep.Name, Description = sweep.Description, Program = sweep.Program, State = sweep.State, IsStopping = sweep.IsStopping,
            IsSearching = sweep.IsSearching, Metric = sweep.Metric, Goal = sweep.Goal, Target = sweep.Target, Priority = sweep.Priority, CreatedAt = sweep.CreatedAt,
            FinishedAt = sweep.FinishedAt, Configurations = overview.Configurations, Runs = overview.Runs, RunsRunning = listing.RunsRunning,
            RunsCompleted = overview.RunsCompleted, RunsFailed = overview.RunsFailed, RunsPruned = overview.RunsPruned, StepsDone = overview.StepsDone,
            StepsPlanned = overview.IsOpenEnded ? null : overview.StepsPlanned, StepsReused = sweep.ReusedSteps,
            StepsWithoutSharing = overview.IsOpenEnded ? null : overview.StepsWithoutSharing, MachineSeconds = listing.MachineSeconds,
            SecondsLeft = open > 0 && overview.StepsDone > 0 && !overview.IsOpenEnded && !sweep.IsSearching ? listing.MachineSeconds / overview.StepsDone * left / open : null,
            Best = listing.Best, Verdict = sweep.Verdict, WaitsFor = sweep.HasEnded ? null : sweep.WaitsFor,
        };
    }
}
