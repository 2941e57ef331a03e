using System.Collections.Immutable;

namespace Sweeps.Core.Stages;

/// <summary>
/// The stages that a sweep's runs consist of: the trie of their timelines, each edge a stage. A stage ends where runs that have agreed so far
/// part, or where one of them ends.
/// </summary>
public sealed record StageTree
{
    /// <summary>The stages; each comes after its parent.</summary>
    public required ImmutableArray<Stage> Stages { get; init; }

    /// <summary>For each run the places of its stages, from step 0 or the end of its stored stages to its end.</summary>
    public required ImmutableArray<ImmutableArray<int>> Paths { get; init; }

    /// <summary>Steps of all stages.</summary>
    public long Steps => Stages.Sum(stage => (long)(stage.ToStep - stage.FromStep));

    /// <summary>The tree in which every run is a stage of its own.</summary>
    public static StageTree WithoutSharing(IEnumerable<int> steps)
    {
        var stages = steps.Select((count, run) => new Stage(run, null, run, 0, count)).ToImmutableArray();
        return new StageTree { Stages = stages, Paths = [.. stages.Select(stage => ImmutableArray.Create(stage.Index))] };
    }

    /// <summary>The tree in which no step is trained twice.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="begun">For each run the stored stage after which the tree begins, or null for step 0; without the list all of them begin there.</param>
    public static StageTree Of(IReadOnlyList<RunTimeline> runs, IReadOnlyList<StoredStage?>? begun = null)
    {
        var stages = ImmutableArray.CreateBuilder<Stage>();
        var paths = runs.Select(_ => ImmutableArray.CreateBuilder<int>(1)).ToArray();
        var open = new Stack<Branch>();
        Push(Enumerable.Range(0, runs.Count).Where(run => begun?[run] is null)
            .GroupBy(run => (runs[run].Fixed, runs[run].Pieces[0])).Select(group => new Branch([.. group], Known: 1, 0)));
        if (begun is not null)
        {
            foreach (var group in Enumerable.Range(0, runs.Count).Where(run => begun[run] is not null).GroupBy(run => begun[run]!.Id))
            {
                var stored = begun[group.First()]!;
                // All of them have the same pieces up to there.
                var known = runs[group.First()].Pieces.Count(piece => piece.FirstStep < stored.ToStep);
                PushAfter(group, known, stored.ToStep, branch => branch with { StoredParent = stored.Id });
            }
        }
        while (open.TryPop(out var branch))
        {
            var (known, end) = Common(runs, branch);
            var ending = branch.Runs.Where(run => runs[run].Steps == end).ToList();
            var stage = new Stage(stages.Count, branch.Parent, ending.Count > 0 ? ending[0] : branch.Runs[0], branch.FromStep, end, branch.StoredParent);
            stages.Add(stage);
            foreach (var run in branch.Runs) paths[run].Add(stage.Index);
            if (ending.Count < branch.Runs.Count) PushAfter(branch.Runs, known, end, next => next with { Parent = stage.Index });
        }
        return new StageTree { Stages = stages.ToImmutable(), Paths = [.. paths.Select(path => path.ToImmutable())] };

        // Those with nothing new at this step go on together.
        void PushAfter(IEnumerable<int> before, int known, int step, Func<Branch, Branch> of) => Push(before.Where(run => runs[run].Steps > step)
            .GroupBy(run => known < runs[run].Pieces.Length && runs[run].Pieces[known] is var piece && piece.FirstStep == step ? piece.Meaning : null)
            .Select(group => of(new Branch([.. group], group.Key is null ? known : known + 1, step))));

        // The stack hands them out in their order.
        void Push(IEnumerable<Branch> branches)
        {
            foreach (var branch in branches.Reverse()) open.Push(branch);
        }
    }

    /// <summary>How many pieces all runs of a branch have in common, and the step after these at which the first of them ends or differs.</summary>
    private static (int Known, int End) Common(IReadOnlyList<RunTimeline> runs, Branch branch)
    {
        for (var known = branch.Known; ; known++)
        {
            var first = Next(runs[branch.Runs[0]], known);
            if (first.Piece is null || !branch.Runs.TrueForAll(run => Next(runs[run], known) == first)) return (known, branch.Runs.Min(run => Next(runs[run], known).Step));
        }
    }

    private static (int Step, string? Piece) Next(RunTimeline run, int known) =>
        known < run.Pieces.Length ? ((int)run.Pieces[known].FirstStep, run.Pieces[known].Meaning) : (run.Steps, null);

    /// <summary>Runs that agree up to a step, where their stage before ends, and in the next step, and in their first <paramref name="Known"/> pieces.</summary>
    private sealed record Branch(List<int> Runs, int Known, int FromStep)
    {
        public int? Parent { get; init; }

        public long? StoredParent { get; init; }
    }
}
