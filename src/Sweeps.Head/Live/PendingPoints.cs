using Sweeps.Core.Protocol;

namespace Sweeps.Head.Live;

/// <summary>Points that were stored since they were last told of; of too many the newest of each stage and metric.</summary>
internal sealed class PendingPoints
{
    /// <summary>All points are kept up to this many.</summary>
    public const int MostOfAll = 500;

    /// <summary>Stages and metrics beyond these are left out.</summary>
    private const int MostSeries = 2000;

    private readonly Lock gate = new();
    private readonly List<(long StageId, MetricPoint Point)> all = [];
    private readonly Dictionary<(long StageId, string Metric), MetricPoint> newest = [];
    private bool isComplete = true;

    public void Add(long stageId, IReadOnlyList<MetricPoint> points)
    {
        lock (gate)
        {
            foreach (var point in points)
            {
                if (all.Count < MostOfAll) all.Add((stageId, point));
                else
                {
                    isComplete = false;
                    if (newest.Count < MostSeries || newest.ContainsKey((stageId, point.Metric))) newest[(stageId, point.Metric)] = point;
                }
            }
        }
    }

    /// <summary>Takes them away.</summary>
    public (IReadOnlyList<(long StageId, MetricPoint Point)> Points, bool IsComplete) Take()
    {
        lock (gate)
        {
            var taken = ((IReadOnlyList<(long, MetricPoint)>)[.. all, .. newest.Select(pair => (pair.Key.StageId, pair.Value))], isComplete);
            all.Clear();
            newest.Clear();
            isComplete = true;
            return taken;
        }
    }
}
