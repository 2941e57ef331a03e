using Sweeps.Results;

namespace Sweeps.Head.Reports;

/// <summary>
/// The answers of sweeps that were asked for last, so that a page with a curve, a table and a verdict reads and judges a large sweep once. An
/// answer is read anew when the sweep has more results.
/// </summary>
internal sealed class SweepAnswers(ResultsStore store)
{
    /// <summary>Curves of a thousand runs are some 50 MB.</summary>
    private const int Most = 4;

    private readonly Lock gate = new();
    private readonly LinkedList<(long SweepId, string Version, Task<SweepAnswer> Answer)> known = [];

    /// <summary>What a sweep has found so far.</summary>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public async Task<SweepAnswer> OfAsync(long sweepId)
    {
        // The version first: results that come meanwhile are in the answer, and make the next one new.
        var version = await store.Queries.VersionAsync(sweepId);
        Task<SweepAnswer> answer;
        lock (gate)
        {
            var found = known.FirstOrDefault(one => one.SweepId == sweepId);
            if (found.Answer is not null) known.Remove(found);
            answer = found.Version == version && found.Answer is { IsFaulted: false } ? found.Answer : Task.Run(() => SweepAnswer.ReadAsync(store.Queries, sweepId));
            known.AddFirst((sweepId, version, answer));
            if (known.Count > Most) known.RemoveLast();
        }
        return await answer;
    }
}
