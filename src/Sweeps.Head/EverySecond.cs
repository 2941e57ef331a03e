using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sweeps.Head;

/// <summary>Something that a head looks at once a second, from a second after its start to its end.</summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears what goes wrong; the next second it is looked at again.</param>
/// <param name="failure">What did not work then, in a sentence.</param>
internal abstract class EverySecond(TimeProvider time, ILogger logger, string failure) : BackgroundService
{
    /// <summary>Looks.</summary>
    protected abstract Task LookAsync();

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryAsync();
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task TryAsync()
    {
        try
        {
            await LookAsync();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "{Failure}", failure);
        }
    }
}
