using Sweeps.Orchestration.Retries;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="ISweepGrain"/>
/// <remarks>Keeps nothing: each decision is made from the database and written there before the queue hears of it.</remarks>
public sealed class SweepGrain(ResultsStore store) : Grain, ISweepGrain
{
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
    public async Task Stop()
    {
        await store.StopSweepAsync(Id);
        await Queue.Refresh();
    }

    /// <inheritdoc/>
    public async Task Cancel()
    {
        await store.CancelSweepAsync(Id);
        await Queue.Withdraw(Id);
    }

    /// <inheritdoc/>
    public async Task<bool> AttemptEnded(AttemptEnding ending)
    {
        var stage = await store.Queries.StageAsync(ending.StageId);
        var sweep = await store.Queries.FindSweepAsync(Id);
        if (stage is null || sweep is null || stage.SweepId != Id) return false;
        var next = RetryPolicy.Next(RetryBudget.Of(sweep), FailureCounts.Of(stage), ending.Outcome, ending.IsNobodysFault);
        var step = ending.Step >= 0 ? ending.Step : stage.StepsDone;
        var ended = await store.EndAttemptAsync(ending.StageId, ending.Number,
            new AttemptEnd(ending.Outcome, step, ending.Error, next, CountsAsFailure: !ending.IsNobodysFault));
        if (ended && next is StageState.Ready or StageState.Completed) await Queue.Refresh();
        return ended;
    }
}
