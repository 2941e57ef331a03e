using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>
/// One attempt of a stage from its assignment to its exit code: trains, and beside it delivers what was measured. Training never
/// waits for the head; what the head has not acknowledged is in the spool.
/// </summary>
/// <param name="assignment">What to do.</param>
/// <param name="start">Makes the program; its exceptions are the attempt's.</param>
/// <param name="options">How to talk to the head.</param>
public sealed class Attempt(Assignment assignment, Func<Assignment, IStageProgram> start, WorkerOptions options)
{
    /// <summary>Executes it.</summary>
    /// <param name="stopRequested">Asks for a checkpoint and an early end.</param>
    /// <returns>One of <see cref="WorkerExitCode"/>.</returns>
    /// <exception cref="AssignmentException">The spool cannot be opened.</exception>
    public async Task<int> RunAsync(CancellationToken stopRequested)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopRequested);
        using var spool = Spool.Open(assignment.SpoolDirectory, assignment.AttemptId);
        using var head = new HeadClient(assignment, options);
        var cache = assignment.Transfer is { } transfer ? new CheckpointCache(transfer) : null;
        using var delivery = new Delivery(spool, head, options, stop.Cancel, cache);
        var delivering = delivery.RunAsync();
        var training = FetchAndTrainAsync(head, delivery, cache, stop.Token);
        try
        {
            // Delivery ends before training only by an exception: a newer attempt exists, or the head refuses this one.
            if (await Task.WhenAny(training, delivering) == delivering) await delivering;
            var finish = await training;
            delivery.Complete();
            await delivering;
            // A program that somebody killed is lost as a killed worker is: its agent says so, which knows that nothing of it is alive.
            if (finish.Outcome == AttemptOutcome.Lost)
            {
                spool.Delete();
                return WorkerExitCode.ProgramKilled;
            }
            await delivery.FinishAsync(finish);
            spool.Delete();
            return ExitCodeOf(finish.Outcome);
        }
        catch (FencedException)
        {
            Console.Error.WriteLine($"attempt {assignment.AttemptId} ends: a newer attempt of the stage exists.");
            return WorkerExitCode.Fenced;
        }
        catch (HeadUnavailableException exception)
        {
            Console.Error.WriteLine($"attempt {assignment.AttemptId} ends, and what the head did not acknowledge stays in {spool.Path}: {exception.Message}");
            return WorkerExitCode.HeadUnreachable;
        }
    }

    /// <summary>Sends what the worker of an attempt, which was killed, has left in its spool.</summary>
    /// <returns>One of <see cref="WorkerExitCode"/>.</returns>
    /// <exception cref="AssignmentException">The spool cannot be opened.</exception>
    public static async Task<int> DeliverAsync(Assignment assignment, WorkerOptions options)
    {
        using var spool = Spool.Open(assignment.SpoolDirectory, assignment.AttemptId);
        using var head = new HeadClient(assignment, options);
        using var delivery = new Delivery(spool, head, options, () => { });
        delivery.Complete();
        try
        {
            await delivery.RunAsync();
            return WorkerExitCode.Completed;
        }
        catch (FencedException)
        {
            return WorkerExitCode.Fenced;
        }
        catch (HeadUnavailableException exception)
        {
            Console.Error.WriteLine($"points of attempt {assignment.AttemptId} are lost: {exception.Message}");
            return WorkerExitCode.HeadUnreachable;
        }
    }

    /// <exception cref="FencedException">A newer attempt exists.</exception>
    /// <exception cref="HeadUnavailableException">The head refuses the attempt.</exception>
    private async Task<AttemptFinish> FetchAndTrainAsync(HeadClient head, Delivery delivery, CheckpointCache? cache, CancellationToken stop)
    {
        var local = assignment;
        if (cache is not null && assignment is { ResumeFrom: not null, ResumeSha256: { } sha256 })
        {
            var link = Path.Combine(assignment.SpoolDirectory, Path.GetFileName(assignment.ResumeFrom));
            try
            {
                local = await delivery.TryUntilItWorksAsync(async cancellation =>
                {
                    await cache.FetchAsync(sha256, link, file => head.DownloadResumeAsync(file, cancellation), cancellation).ConfigureAwait(false);
                    return assignment with { ResumeFrom = link };
                }, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return new AttemptFinish(AttemptOutcome.Stopped, assignment.FromStep);
            }
            catch (Exception exception) when (exception is DamagedCheckpointException or IOException or UnauthorizedAccessException)
            {
                var (outcome, error) = Failure.Describe(exception);
                await Console.Error.WriteLineAsync(error).ConfigureAwait(false);
                return new AttemptFinish(outcome, assignment.FromStep, error);
            }
        }
        return await Task.Factory.StartNew(() => Train(local, delivery, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    private AttemptFinish Train(Assignment assignment, Delivery delivery, CancellationToken stop)
    {
        IStageProgram? program = null;
        try
        {
            program = start(assignment);
            Console.WriteLine($"{assignment.SweepName}: attempt {assignment.AttemptId} {program.Description}");
            var reached = program.Run(assignment.ToStep, assignment.CheckpointDirectory, delivery.Add, delivery.Add, stop);
            return new AttemptFinish(reached ? AttemptOutcome.Completed : AttemptOutcome.Stopped, program.Step);
        }
        catch (Exception exception)
        {
            var (outcome, error) = Failure.Describe(exception);
            Console.Error.WriteLine(error);
            return new AttemptFinish(outcome, program?.Step ?? assignment.FromStep, error);
        }
        finally
        {
            program?.Dispose();
        }
    }

    private static int ExitCodeOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Completed => WorkerExitCode.Completed,
        AttemptOutcome.Stopped => WorkerExitCode.Stopped,
        AttemptOutcome.OutOfMemory => WorkerExitCode.OutOfMemory,
        AttemptOutcome.DamagedCheckpoint => WorkerExitCode.DamagedCheckpoint,
        _ => WorkerExitCode.UserError,
    };
}
