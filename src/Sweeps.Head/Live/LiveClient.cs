using System.Threading.Channels;

namespace Sweeps.Head.Live;

/// <summary>The messages that wait for one client. One that falls behind loses them all and is told so; nobody waits for it.</summary>
/// <param name="newest">Id of the newest event that was sent to all.</param>
internal sealed class LiveClient(Func<long> newest)
{
    /// <summary>Messages that may wait.</summary>
    public const int Capacity = 512;

    private readonly Channel<LiveMessage> queue = Channel.CreateBounded<LiveMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private volatile bool isBehind;

    /// <summary>Adds a message, or notes that there was no room for it.</summary>
    public void Post(LiveMessage message)
    {
        if (!isBehind && !queue.Writer.TryWrite(message)) isBehind = true;
    }

    /// <summary>Completes when <see cref="TryTake"/> has something.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => queue.Reader.WaitToReadAsync(cancellation);

    /// <summary>The next message; after a loss, in place of those that waited, that everything is to be loaded again.</summary>
    public bool TryTake(out LiveMessage message)
    {
        if (isBehind)
        {
            while (queue.Reader.TryRead(out _)) { }
            // What is lost from here on to the reset is part of what the client loads then.
            isBehind = false;
            message = LiveMessage.Of("reset", new LiveReset("This client was too slow for all messages."), newest());
            return true;
        }
        return queue.Reader.TryRead(out message!);
    }
}
