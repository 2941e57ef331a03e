using System.Collections.Immutable;

namespace Sweeps.Core.Stages;

/// <summary>Stages of earlier sweeps that new runs may go through, because they were trained as these would train them.</summary>
public sealed class StoredStages
{
    private readonly Dictionary<string, int[]> steps;
    private readonly Dictionary<string, ImmutableArray<StoredStage>> paths = [];

    /// <summary>Takes the stages in; one whose way from step 0 is not among them is of no use.</summary>
    public StoredStages(IEnumerable<StoredStage> stages)
    {
        var known = stages.ToDictionary(stage => stage.Id);
        var ends = known.Values.Where(stage => stage.CanBegin && PathTo(stage, known) is not null).OrderBy(stage => stage.Id).ToList();
        foreach (var end in ends) paths.TryAdd(end.Identity, PathTo(end, known)!.Value);
        steps = ends.GroupBy(end => end.Origin).ToDictionary(of => of.Key, of => of.Select(end => end.ToStep).Distinct().OrderDescending().ToArray());
    }

    /// <summary>No stages.</summary>
    public static StoredStages None { get; } = new([]);

    /// <summary>The stages, from step 0 on, that take a run as far as stored stages can; empty when none is of use to it.</summary>
    public ImmutableArray<StoredStage> PathOf(RunIdentity run)
    {
        foreach (var step in steps.GetValueOrDefault(run.Origin, []))
            foreach (var identity in run.Alike(step))
                if (paths.TryGetValue(identity, out var path)) return path;
        return [];
    }

    private static ImmutableArray<StoredStage>? PathTo(StoredStage end, Dictionary<long, StoredStage> known)
    {
        var path = new Stack<StoredStage>([end]);
        while (path.Peek().Parent is { } parent)
        {
            if (!known.TryGetValue(parent, out var before) || before.ToStep != path.Peek().FromStep) return null;
            path.Push(before);
        }
        return [.. path];
    }
}
