using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head.Nightly;

/// <summary>
/// Wakes the grains of nightly jobs when the head begins, so that a night that was missed is made up for; then, once a second, judges nights that have
/// ended and sends alerts, also those that an earlier head left.
/// </summary>
internal sealed class NightlyWatch(ResultsStore store, IGrainFactory grains, NightJudge judge, TimeProvider time, ILogger<NightlyWatch> logger) : BackgroundService
{
    private readonly HashSet<long> failed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var isAwake = false;
        try
        {
            do
            {
                isAwake = isAwake || await TryAsync(WakeAsync);
                await TryAsync(JudgeAsync);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task WakeAsync()
    {
        foreach (var job in await store.Queries.Nightly.JobsAsync()) await grains.GetGrain<INightlyGrain>(job.Name).Schedule();
    }

    private async Task JudgeAsync()
    {
        foreach (var night in (await store.Queries.Nightly.NightsToJudgeAsync()).Where(night => !failed.Contains(night.Id)))
        {
            failed.Add(night.Id); // until it is done: what cannot be judged is not tried every second
            await judge.JudgeAsync(night);
            failed.Remove(night.Id);
            // Another night may wait for the end of this one.
            await grains.GetGrain<INightlyGrain>(night.Job).Look();
        }
        foreach (var night in await store.Queries.Nightly.AlertsDueAsync()) await judge.AlertAsync(night);
    }

    private async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "Nightly jobs could not be looked at");
            return false;
        }
    }
}
