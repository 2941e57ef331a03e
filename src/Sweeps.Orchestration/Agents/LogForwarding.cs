using System.Collections.Concurrent;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Agents;

/// <summary>Sends what workers print to a head that does not see this machine's log files, about once a second; what a cut has swallowed is sent again.</summary>
/// <param name="send">Sends a part, and returns how much of the log the head has.</param>
/// <param name="time">The clock.</param>
internal sealed class LogForwarding(Func<LogPart, Task<long>> send, TimeProvider time)
{
    private const int PartBytes = 1 << 18;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), LastWords = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<AttemptKey, Log> logs = [];
    private readonly CancellationTokenSource ending = new();
    private Task loop = Task.CompletedTask;

    /// <summary>Whether it sends.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Begins to send.</summary>
    public void Start()
    {
        HasStarted = true;
        loop = Task.Run(LoopAsync);
    }

    /// <summary>Sends a log from its beginning on, as far as the head does not have it.</summary>
    public void Follow(AttemptKey attempt, string token, string file) => logs[attempt] = new Log(attempt, token, file);

    /// <summary>Says that nothing more comes of an attempt.</summary>
    public void Ended(AttemptKey attempt)
    {
        if (!HasStarted) logs.TryRemove(attempt, out _);
        else if (logs.TryGetValue(attempt, out var log)) log.HasEnded = true;
    }

    /// <summary>Sends what is left, if the head answers, and ends.</summary>
    public async Task StopAsync()
    {
        await ending.CancelAsync();
        await loop;
        if (HasStarted) await Task.WhenAny(SendAllAsync(), Task.Delay(LastWords, time));
        ending.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            await SendAllAsync();
            await Task.Delay(Every, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAllAsync()
    {
        foreach (var log in logs.Values)
        {
            var hasEnded = log.HasEnded;
            try
            {
                while (await SendAsync(log)) { }
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                return; // the head is away; the next time
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // There is no log, or not yet.
            }
            if (hasEnded) logs.TryRemove(log.Attempt, out _);
        }
    }

    private async Task<bool> SendAsync(Log log)
    {
        await using var file = new FileStream(log.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length <= log.Sent) return false;
        file.Position = log.Sent;
        var part = new byte[Math.Min(PartBytes, file.Length - log.Sent)];
        var count = await file.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false);
        var known = await send(new LogPart(log.Attempt, log.Token, log.Sent, part.AsMemory(0, count)));
        // A head that has less has lost its file; one that has more has heard of it from an earlier life of this agent.
        var isNews = known != log.Sent;
        log.Sent = Math.Min(known, file.Length);
        return isNews;
    }

    private sealed record Log(AttemptKey Attempt, string Token, string File)
    {
        public long Sent { get; set; }

        public volatile bool HasEnded;
    }
}
