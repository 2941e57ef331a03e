using System.Collections.Concurrent;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>
/// Whose token a worker shows. The hash of an attempt's token never changes, so that it is read once and not with each request; whether the
/// attempt may still write is decided anew by each write.
/// </summary>
internal sealed class AttemptTokens(ResultsStore store)
{
    /// <summary>Hashes in each of two generations; those of the older one that nobody asked for meanwhile are forgotten.</summary>
    private const int Generation = 20_000;

    private readonly Lock gate = new();
    private ConcurrentDictionary<AttemptKey, string> young = new();
    private ConcurrentDictionary<AttemptKey, string> old = new();

    /// <summary>Whether the attempt exists and the token is its own.</summary>
    public async ValueTask<bool> FitsAsync(AttemptKey key, string token)
    {
        if (!young.TryGetValue(key, out var hash))
        {
            if (!old.TryGetValue(key, out hash) && (hash = (await store.Queries.AttemptAsync(key.StageId, key.Number))?.TokenHash) is null) return false;
            Keep(key, hash);
        }
        return AttemptToken.Fits(token, hash);
    }

    private void Keep(AttemptKey key, string hash)
    {
        lock (gate)
        {
            if (young.Count >= Generation) (old, young) = (young, new());
            young[key] = hash;
        }
    }
}
