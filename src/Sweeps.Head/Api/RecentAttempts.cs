using System.Collections.Concurrent;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>
/// Attempts, for what a worker shows with each request: its token, whose hash never changes. Each is read again once in a while; whether it may
/// still write is decided anew by each write.
/// </summary>
internal sealed class RecentAttempts(ResultsStore store, TimeProvider time)
{
    /// <summary>How long ago they may have been read: that long after its end an attempt may look as if it was under way.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    /// <summary>Attempts in each of two generations; those of the older one that nobody asks for are forgotten.</summary>
    private const int Generation = 20_000;

    private readonly Lock gate = new();
    private volatile ConcurrentDictionary<AttemptKey, Known> young = new();
    private volatile ConcurrentDictionary<AttemptKey, Known> old = new();

    /// <summary>The attempt as it was a while ago, or null.</summary>
    public async ValueTask<AttemptRecord?> FindAsync(AttemptKey key)
    {
        var now = time.GetTimestamp();
        if (young.TryGetValue(key, out var known) && IsFresh(known)) return known.Attempt;
        if (!old.TryGetValue(key, out known) || !IsFresh(known))
        {
            if (await store.Queries.AttemptAsync(key.StageId, key.Number) is not { } attempt) return null;
            known = new Known(attempt, now);
        }
        lock (gate)
        {
            if (young.Count >= Generation) (old, young) = (young, new());
            young[key] = known;
        }
        return known.Attempt;

        bool IsFresh(Known one) => time.GetElapsedTime(one.ReadAt, now) < Age;
    }

    private sealed record Known(AttemptRecord Attempt, long ReadAt);
}
