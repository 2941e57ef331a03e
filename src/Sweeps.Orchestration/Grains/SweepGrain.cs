using Sweeps.Core.Protocol;
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
    public async Task Stop()
    {
        await store.StopSweepAsync(Id);
        await Queue.Withdraw(Id);
    }

    /// <inheritdoc/>
    public async Task Resume()
    {
        await store.ResumeSweepAsync(Id);
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
        if (await store.EndAttemptAsync(ending.StageId, ending.Number, Decide) is not { } ended) return false;
        if (ended.Ready.Count > 0) await Queue.Offer([.. ended.Ready.Select(StageOffer.Of)]);
        return true;

        AttemptEnd? Decide(AttemptedStage stage)
        {
            if (stage.SweepId != Id) return null;
            var (outcome, error) = IsSilent(stage) ? (AttemptOutcome.UserError, Silence(stage)) : (ending.Outcome, ending.Error);
            return new AttemptEnd(
                outcome, ending.Step >= 0 ? ending.Step : stage.StepsDone, error,
                RetryPolicy.Next(RetryBudget.Of(stage), FailureCounts.Of(stage), outcome, ending.IsNobodysFault),
                CountsAsFailure: !ending.IsNobodysFault);
        }

        bool IsSilent(AttemptedStage stage) => ending.Outcome == AttemptOutcome.Completed && !stage.HasMetric && CommandText.Read(stage.CommandJson) is { NeedsMetric: true };
    }

    private static string Silence(AttemptedStage stage) => $"{stage.Program} ended well but printed no {stage.Metric}, by which the sweep is judged: "
        + $"it must print lines such as {{\"step\": 100, \"{stage.Metric}\": 1.5}}, or lines that a pattern under 'metrics' fits.";
}
