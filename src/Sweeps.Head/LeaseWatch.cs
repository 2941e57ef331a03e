using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head;

/// <summary>Once a second, lets the grains of machines with attempts see whether their lease has run out: a dead machine does not call.</summary>
internal sealed class LeaseWatch(ResultsStore store, IGrainFactory grains, TimeProvider time, ILogger<LeaseWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            foreach (var machine in await store.Queries.BusyMachinesAsync()) await grains.GetGrain<IMachineGrain>(machine).ExpireLease();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "Leases could not be looked at");
        }
    }
}
