using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Queue;

/// <summary>
/// Ready stages in the order in which they are claimed: of the highest priority; among its sweeps, of the one with the fewest stages under
/// way (fair share), the oldest first; within the sweep, the one with the longest way to go, because finishing soon means not ending with
/// one long run on one slot. Adding and taking a stage costs the logarithm of the sweep's stages, and a look at each sweep.
/// </summary>
public sealed class StageQueue
{
    private readonly Dictionary<long, SweepStages> sweeps = [];
    private readonly HashSet<long> stages = [];

    /// <summary>Stages that are ready.</summary>
    public int Count => stages.Count;

    /// <summary>Whether the order depends on how many stages of each sweep are under way.</summary>
    public bool IsShared => sweeps.Count > 1;

    /// <summary>Adds a stage; one that is there already stays where it is.</summary>
    public void Add(ReadyStage stage)
    {
        if (!stages.Add(stage.StageId)) return;
        if (!sweeps.TryGetValue(stage.SweepId, out var sweep)) sweeps[stage.SweepId] = sweep = new SweepStages(stage.SweepId, stage.Priority);
        sweep.Stages.Enqueue(stage.StageId, (-stage.LongestPath, stage.StageId));
    }

    /// <summary>Removes the stages of a sweep.</summary>
    public void Remove(long sweepId)
    {
        if (!sweeps.Remove(sweepId, out var sweep)) return;
        foreach (var (stage, _) in sweep.Stages.UnorderedItems) stages.Remove(stage);
    }

    /// <summary>The sweeps that have stages here.</summary>
    public IEnumerable<long> Sweeps => sweeps.Keys;

    /// <summary>Stages of a sweep.</summary>
    public int CountOf(long sweepId) => sweeps.TryGetValue(sweepId, out var sweep) ? sweep.Stages.Count : 0;

    /// <summary>Takes the stage to claim next; null when there is none.</summary>
    /// <param name="running">Stages under way by sweep, 0 for those missing; asked only where <see cref="IsShared"/>.</param>
    /// <param name="fit">Whether there is room for a sweep's stages, asked in the order in which they are claimed; null where there always is.</param>
    public (long StageId, long SweepId)? Take(IReadOnlyDictionary<long, int> running, Func<long, Fit>? fit = null)
    {
        if (Next(running, fit) is not { } sweep) return null;
        var stage = sweep.Stages.Dequeue();
        stages.Remove(stage);
        if (sweep.Stages.Count == 0) sweeps.Remove(sweep.Id);
        return (stage, sweep.Id);
    }

    private SweepStages? Next(IReadOnlyDictionary<long, int> running, Func<long, Fit>? fit)
    {
        if (sweeps.Count == 0) return null;
        var first = IsShared ? sweeps.Values.MinBy(Order)! : sweeps.Values.First();
        switch (fit?.Invoke(first.Id) ?? Fit.Fits)
        {
            case Fit.Fits: return first;
            case Fit.Holds: return null;
        }
        foreach (var sweep in sweeps.Values.OrderBy(Order).Skip(1))
        {
            switch (fit!(sweep.Id))
            {
                case Fit.Fits: return sweep;
                case Fit.Holds: return null;
            }
        }
        return null;

        (int, int, long) Order(SweepStages sweep) => (-sweep.Priority, running.GetValueOrDefault(sweep.Id), sweep.Id);
    }

    private sealed record SweepStages(long Id, int Priority)
    {
        public PriorityQueue<long, (int MinusLongestPath, long StageId)> Stages { get; } = new();
    }
}
