using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Workers;

/// <summary>
/// The worker of a command. When it was killed, what it had not delivered is sent before its end is known: the program may have kept a
/// checkpoint that is further than the points that the head has, and would not measure those again.
/// </summary>
internal sealed class DeliveringProcess : WorkerProcess
{
    private readonly WorkerProcess worker;
    private readonly Func<WorkerProcess> deliver;
    private WorkerProcess current;

    /// <param name="worker">The worker.</param>
    /// <param name="deliver">Starts the process that sends what is left.</param>
    public DeliveringProcess(WorkerProcess worker, Func<WorkerProcess> deliver)
    {
        (this.worker, this.deliver) = (worker, deliver);
        current = worker;
        Exit = EndAsync();
    }

    /// <inheritdoc/>
    public override Task<int> Exit { get; }

    /// <inheritdoc/>
    public override void RequestStop() => worker.RequestStop();

    /// <inheritdoc/>
    public override void Kill() => current.Kill();

    private async Task<int> EndAsync()
    {
        var exitCode = await worker.Exit.ConfigureAwait(false);
        if (exitCode is not (> 128 or WorkerExitCode.HeadUnreachable or WorkerEnding.Unwatched or WorkerEnding.Evicted)) return exitCode;
        try
        {
            current = deliver();
            await current.Exit.ConfigureAwait(false);
        }
        catch (WorkerLaunchException)
        {
            // It stays lost, as the worker is.
        }
        return exitCode;
    }
}
