using System.Threading.Channels;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>
/// Takes points and checkpoints from the training into the spool, and beside it sends the spool to the head in order: a checkpoint
/// after the points before it are acknowledged. A head that is away is tried again and again.
/// </summary>
/// <param name="spool">What is to be sent.</param>
/// <param name="head">Where it goes.</param>
/// <param name="options">How patiently.</param>
/// <param name="stopRequested">Called when the head asks for the attempt's end.</param>
/// <param name="cache">Takes checkpoints that were uploaded; null where the head sees their files and is only told of them.</param>
public sealed class Delivery(Spool spool, HeadClient head, WorkerOptions options, Action stopRequested, CheckpointCache? cache = null) : IDisposable
{
    private long newestCheckpoint = -1;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource completed = new();
    private readonly CancellationTokenSource impatient = new();

    /// <summary>Takes a point.</summary>
    public void Add(MetricPoint point) => Add(new SpoolEntry(Point: point));

    /// <summary>Takes a checkpoint.</summary>
    public void Add(CheckpointNotice checkpoint)
    {
        Interlocked.Exchange(ref newestCheckpoint, checkpoint.Step);
        Add(new SpoolEntry(Checkpoint: checkpoint));
    }

    /// <summary>Takes a text.</summary>
    public void Add(TextSample sample) => Add(new SpoolEntry(Sample: sample));

    /// <summary>Says that nothing more comes: from now on the head has <see cref="WorkerOptions.Patience"/> to take what is left.</summary>
    public void Complete()
    {
        impatient.CancelAfter(options.Patience);
        completed.Cancel();
        wake.Writer.TryComplete();
    }

    /// <summary>Sends until everything is acknowledged after <see cref="Complete"/>.</summary>
    /// <exception cref="FencedException">A newer attempt exists.</exception>
    /// <exception cref="HeadUnavailableException">The head refuses the attempt, or the patience is over.</exception>
    public async Task RunAsync()
    {
        do
        {
            wake.Reader.TryRead(out _);
            while (spool.Read() is { } batch)
            {
                if (!await TryUntilItWorksAsync(stop => SendAsync(batch, stop)).ConfigureAwait(false)) stopRequested();
                spool.Acknowledge(batch.End);
            }
            await PauseAsync(options.BatchInterval, completed.Token).ConfigureAwait(false);
        }
        while (await wake.Reader.WaitToReadAsync().ConfigureAwait(false) || spool.Read() is not null);
    }

    /// <summary>Says how the attempt ended; call when <see cref="RunAsync"/> is over.</summary>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public Task FinishAsync(AttemptFinish finish) => TryUntilItWorksAsync(async stop =>
    {
        await head.FinishAsync(finish, stop).ConfigureAwait(false);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        completed.Dispose();
        impatient.Dispose();
    }

    // A large checkpoint may take longer than the patience; what counts is the time in which nothing goes on.
    private void BePatient()
    {
        if (completed.IsCancellationRequested) impatient.CancelAfter(options.Patience);
    }

    private async Task<bool> SendAsync(SpoolBatch batch, CancellationToken stop)
    {
        if (cache is null || batch.Checkpoint is not { } checkpoint) return await head.SendAsync(batch, stop).ConfigureAwait(false);
        // Where training is faster than the network, a checkpoint that a later one follows is not worth the way: the head would discard it.
        if (checkpoint.Step < Interlocked.Read(ref newestCheckpoint))
        {
            File.Delete(checkpoint.Path);
            return true;
        }
        try
        {
            var goesOn = await head.UploadAsync(checkpoint, BePatient, stop).ConfigureAwait(false);
            cache.Add(checkpoint.Path, checkpoint.Sha256);
            return goesOn;
        }
        catch (FileNotFoundException)
        {
            return true; // it was sent, and a killed process of the attempt had no time to note that
        }
    }

    private void Add(SpoolEntry entry)
    {
        spool.Append(entry);
        wake.Writer.TryWrite(true);
    }

    /// <summary>Tries something again and again while the head is away.</summary>
    /// <param name="send">Does it.</param>
    /// <param name="giveUp">Ends the trying with an <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public async Task<T> TryUntilItWorksAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken giveUp = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(impatient.Token, giveUp);
        for (var pause = options.FirstPause; ; pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause)
        {
            string problem;
            try
            {
                return await send(stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !giveUp.IsCancellationRequested))
            {
                problem = exception.Message;
            }
            if (pause == options.FirstPause) Console.Error.WriteLine($"the head does not take or give what it should, trying again: {problem}");
            // Some randomness, so that the workers of a sweep do not all come back to a restarted head at the same instant.
            await PauseAsync(pause * (0.5 + Random.Shared.NextDouble() / 2), stop.Token).ConfigureAwait(false);
            giveUp.ThrowIfCancellationRequested();
            if (impatient.IsCancellationRequested) throw new HeadUnavailableException($"the head was not reached for {options.Patience}: {problem}");
        }
    }

    private static async Task PauseAsync(TimeSpan time, CancellationToken cutShort) =>
        await Task.Delay(time, cutShort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
