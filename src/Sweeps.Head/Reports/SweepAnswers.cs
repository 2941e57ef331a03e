using Sweeps.Results;

namespace Sweeps.Head.Reports;

/// <summary>
/// The answers of sweeps that were asked for last, so that a page with a curve, a table and a verdict reads and judges a large sweep once. An
/// answer is read anew when the sweep has more results, but never while it is being read: who asks then waits for the next.
/// </summary>
internal sealed class SweepAnswers(ResultsStore store)
{
    /// <summary>Curves of a thousand runs are some 50 MB.</summary>
    private const int Most = 4;

    private readonly Lock gate = new();
    private readonly LinkedList<Known> known = [];

    /// <summary>What a sweep has found so far.</summary>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public async Task<SweepAnswer> OfAsync(long sweepId)
    {
        // The version first: results that come meanwhile are in the answer, and make the next one new.
        var version = await store.Queries.VersionAsync(sweepId);
        Task<SweepAnswer> answer;
        lock (gate)
        {
            var one = known.FirstOrDefault(one => one.SweepId == sweepId) ?? new Known(sweepId);
            known.Remove(one);
            known.AddFirst(one);
            if (known.Count > Most) known.RemoveLast();
            answer = Answer(one, version);
        }
        return await answer;
    }

    private Task<SweepAnswer> Answer(Known one, string version)
    {
        if (one.Version == version && one.Answer is { IsFaulted: false } same) return same;
        // What is read only when the one before has been is as new as any version that was seen until then.
        if (one.Next is not null || one.Answer is { IsCompleted: false })
        {
            one.NextVersion = version;
            return one.Next ??= NextAsync(one, one.Answer!);
        }
        one.Version = version;
        return one.Answer = Task.Run(() => SweepAnswer.ReadAsync(store.Queries, one.SweepId));
    }

    private async Task<SweepAnswer> NextAsync(Known one, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (gate) (one.Version, one.Answer, one.Next) = (one.NextVersion, one.Next, null);
        return await SweepAnswer.ReadAsync(store.Queries, one.SweepId);
    }

    /// <summary>The answer that was read, or is being read, and the one that is to be read after it.</summary>
    private sealed class Known(long sweepId)
    {
        public long SweepId { get; } = sweepId;

        public string? Version { get; set; }

        public Task<SweepAnswer>? Answer { get; set; }

        public string? NextVersion { get; set; }

        public Task<SweepAnswer>? Next { get; set; }
    }
}
