using Sweeps.Cli.Output;
using Sweeps.Head;

namespace Sweeps.Cli.Progress;

/// <summary>Estimates when a sweep will be done from the steps that were trained, or the runs that ended, since the first look.</summary>
internal sealed class TimeLeft(TimeProvider time)
{
    private (long Timestamp, long Steps)? first;

    /// <summary>The estimate at this moment; null while there is nothing to go by and when all is done.</summary>
    public TimeSpan? At(SweepProgress moment)
    {
        var (done, planned) = Numbers.Share(moment.Overview);
        // Steps of a stage that begins anew are taken back: then the look begins anew too.
        if (first is null || done < first.Value.Steps) first = (time.GetTimestamp(), done);
        var trained = done - first.Value.Steps;
        // What a search will add is not known.
        return trained > 0 && done < planned && !moment.Overview.Sweep.IsSearching ? time.GetElapsedTime(first.Value.Timestamp) * ((double)(planned - done) / trained) : null;
    }
}
