using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.Search.Stopping;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Retries;
using Sweeps.Orchestration.Search;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="ISweepGrain"/>
/// <remarks>Keeps nothing but its file, read: each decision is made from the database and written there before the queue hears of it.</remarks>
public sealed class SweepGrain(ResultsStore store, IEarlierStages earlier, TimeProvider time) : Grain, ISweepGrain
{
    /// <summary>Judging takes no larger part of the time than one in so many, however many points come and however long the curves are.</summary>
    private const int JudgingShare = 10;

    private (string Hash, SweepSpec Spec)? read;
    private long judged;
    private TimeSpan pause;

    private long Id => this.GetPrimaryKeyLong();

    private IQueueGrain Queue => GrainFactory.GetGrain<IQueueGrain>(IQueueGrain.Key);

    /// <inheritdoc/>
    public Task Start() => Queue.Refresh();

    /// <inheritdoc/>
    public async Task Pause()
    {
        await store.PauseSweepAsync(Id);
        await Queue.Withdraw(Id);
    }

    /// <inheritdoc/>
    public async Task Resume()
    {
        await store.ResumeSweepAsync(Id);
        await Queue.Refresh();
    }

    /// <inheritdoc/>
    public Task Stop() => store.StopSweepAsync(Id);

    /// <inheritdoc/>
    public async Task Cancel()
    {
        await store.CancelSweepAsync(Id);
        await Queue.Withdraw(Id);
    }

    /// <inheritdoc/>
    public async Task<bool> Propose()
    {
        if (await store.Queries.FindSweepAsync(Id) is not { State: SweepState.Running, IsSearching: true } sweep) return false;
        if (SpecOf(sweep) is not { } file)
        {
            await store.SearchOnAsync(Id, null, isLast: true, ["The search ends: this version of sweeps does not accept the sweep file."]);
            return false;
        }
        if (file.Until is not null) return await ProposeSeedAsync(file with { SharePrefixes = sweep.Sharing != Sharing.None }, sweep.Sharing);
        var trials = await StoredTrials.ReadAsync(store, file, Id);
        // Seconds, where a Gaussian process has many scores.
        var proposal = await Task.Run(() => SweepSearch.Next(file, trials));
        var refused = proposal.Refused.Select(one => $"{one.Configuration.Label} was chosen and cannot be trained: {one.Why}").ToArray();
        var growth = proposal.Configuration is { } chosen ? SweepGrowth.Of(file, chosen) : null;
        await store.SearchOnAsync(Id, growth, isLast: trials.Length + 1 >= file.RunCap, refused);
        if (growth is null) return false;
        await Queue.Refresh();
        return true;
    }

    /// <summary>Looks at the comparisons when all runs have ended, and adds a seed for those that are not decided.</summary>
    private async Task<bool> ProposeSeedAsync(SweepSpec file, Sharing sharing)
    {
        if (await store.Queries.HasOpenRunAsync(Id)) return false;
        var trials = await StoredTrials.ReadAsync(store, file, Id);
        // The levels of many looks take a second.
        if (await Task.Run(() => SweepSearch.NextSeed(file, trials)) is not { } proposal)
        {
            await store.SearchOnAsync(Id, null, isLast: true, []);
            return false;
        }
        for (var isAlone = sharing != Sharing.All; ; isAlone = true)
        {
            var stored = isAlone ? StoredStages.None : await earlier.FindAsync(file with { Seeds = proposal.Seed });
            try
            {
                await store.SearchOnAsync(Id, SweepGrowth.Of(file, proposal, stored), proposal.IsLast, []);
                break;
            }
            catch (ResultsException exception) when (exception.Failure == ResultsFailure.Outdated && !isAlone)
            {
                // Another sweep has moved on and its checkpoints are gone.
            }
        }
        await Queue.Refresh();
        return true;
    }

    /// <inheritdoc/>
    public async Task Judge()
    {
        var began = time.GetTimestamp();
        if (time.GetElapsedTime(judged, began) < pause) return;
        if (await store.Queries.FindSweepAsync(Id) is not { State: SweepState.Running, StopsEarly: true } sweep || SpecOf(sweep) is not { } file) return;
        int[] baselines = file.Baseline is null ? [] : [.. (await store.Queries.ConfigurationsAsync(Id)).Where(one => one.IsBaseline).Select(one => one.Ordinal)];
        var stop = EarlyStopping.ToStop(file, await StoredTrials.ReadCurvesAsync(store, file, Id), baselines);
        if (stop.Count > 0)
        {
            await store.PruneAsync(Id, sweep.FileHash, stop);
            await Queue.Refresh();
        }
        judged = time.GetTimestamp();
        pause = time.GetElapsedTime(began, judged) * JudgingShare;
    }

    /// <inheritdoc/>
    public async Task<bool> AttemptEnded(AttemptEnding ending)
    {
        if (await store.EndAttemptAsync(ending.StageId, ending.Number, stage => stage.SweepId == Id ? Decide(stage, ending) : null) is not { } ended) return false;
        if (ended.Ready.Count > 0) await Queue.Offer([.. ended.Ready.Select(StageOffer.Of)]);
        return true;
    }

    private static AttemptEnd Decide(AttemptedStage stage, AttemptEnding ending)
    {
        if (ending.Outcome == AttemptOutcome.Completed && !stage.HasMetric && CommandText.Read(stage.CommandJson) is { NeedsMetric: true })
            ending = ending with
            {
                Outcome = AttemptOutcome.UserError,
                Error = $"{stage.Program} ended well but printed no {stage.Metric}, by which the sweep is judged: it must print lines such as {{\"step\": 100, \"{stage.Metric}\": 1.5}}, or lines that a pattern under 'metrics' fits.",
            };
        var next = RetryPolicy.Next(RetryBudget.Of(stage), FailureCounts.Of(stage), ending.Outcome, ending.IsNobodysFault);
        var memory = ending.Outcome == AttemptOutcome.OutOfMemory ? MemoryRetry.Of(stage) : null;
        // With parts as small as they can be it would run out again.
        if (memory is { IsSmaller: false }) next = StageState.Failed;
        return new AttemptEnd(ending.Outcome, ending.Step >= 0 ? ending.Step : stage.StepsDone,
            memory is not null && next == StageState.Failed ? $"{memory.Advice} ({ending.Error})" : ending.Error, next, CountsAsFailure: !ending.IsNobodysFault)
        {
            Smaller = memory is not null && next == StageState.Ready ? $"Stage {stage.StageId} {memory.Change}" : null,
        };
    }

    /// <summary>Null for a file that only an older version accepted: a decision less must not keep the machines from working.</summary>
    private SweepSpec? SpecOf(SweepRecord sweep)
    {
        try
        {
            // Whoever extends a sweep changes its file.
            if (read?.Hash != sweep.FileHash) read = (sweep.FileHash, SweepFile.Parse(sweep.FileText, sweep.Name));
            return read?.Spec;
        }
        catch (SweepFileException)
        {
            return null;
        }
    }
}
