using System.Runtime.CompilerServices;
using Sweeps.Results;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head;

/// <summary>A sweep at one moment.</summary>
/// <param name="Overview">The sweep and how far it is.</param>
/// <param name="Running">Its stages under way.</param>
/// <param name="Runs">Its runs by configuration and seed.</param>
public sealed record SweepProgress(SweepOverview Overview, IReadOnlyList<RunningStage> Running, IReadOnlyList<RunResult> Runs)
{
    /// <summary>The sweep as it is now.</summary>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public static async Task<SweepProgress> ReadAsync(ResultsQueries queries, long sweepId)
    {
        // The overview first: when it says that the sweep is over, what is read after it is final.
        var overview = await queries.SweepAsync(sweepId)
            ?? throw new ResultsException(ResultsFailure.Refused, $"There is no sweep {sweepId}: `sweeps list` shows those there are.");
        return new SweepProgress(overview, await queries.RunningStagesAsync(sweepId), await queries.RunsAsync(sweepId));
    }

    /// <summary>The sweep, at once and then in intervals, whoever trains it; the last one is that of its end.</summary>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public static async IAsyncEnumerable<SweepProgress> WatchAsync(
        ResultsQueries queries, long sweepId, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var progress = await ReadAsync(queries, sweepId);
            yield return progress;
            if (progress.IsOver) yield break;
            await Task.Delay(interval, cancellation);
        }
    }

    /// <summary>True when nothing more will happen without a new command.</summary>
    public bool IsOver => Overview.Sweep.State != SweepState.Running && Running.Count == 0;
}
