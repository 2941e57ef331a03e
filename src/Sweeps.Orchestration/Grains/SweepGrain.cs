using Sweeps.Orchestration.Retries;
using Sweeps.Results;
using Sweeps.Results.Attempts;

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
    public Task Stop() => store.StopSweepAsync(Id);

    /// <inheritdoc/>
    public async Task Cancel()
    {
        await store.CancelSweepAsync(Id);
        await Queue.Withdraw(Id);
    }

    /// <inheritdoc/>
    public async Task<bool> AttemptEnded(AttemptEnding ending)
    {
        if (await store.EndAttemptAsync(ending.StageId, ending.Number, Decide) is not { } ended) return false;
        if (ended.Ready.Count > 0) await Queue.Offer([.. ended.Ready.Select(StageOffer.Of)]);
        return true;

        AttemptEnd? Decide(AttemptedStage stage) => stage.SweepId != Id ? null : new AttemptEnd(
            ending.Outcome, ending.Step >= 0 ? ending.Step : stage.StepsDone, ending.Error,
            RetryPolicy.Next(RetryBudget.Of(stage), FailureCounts.Of(stage), ending.Outcome, ending.IsNobodysFault),
            CountsAsFailure: !ending.IsNobodysFault);
    }
}
