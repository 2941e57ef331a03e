using Sweeps.Results.Queries;

namespace Sweeps.Head.Api;

/// <summary>What the runs of a sweep are sorted by.</summary>
public enum RunSort
{
    /// <summary>Configuration, then seed.</summary>
    Place,

    /// <summary>Seed, then configuration.</summary>
    Seed,

    /// <summary>State, by its name.</summary>
    State,

    /// <summary>Steps done.</summary>
    Steps,

    /// <summary>The metric's newest value; runs without one come last.</summary>
    Last,

    /// <summary>The metric's smallest value; likewise.</summary>
    Min,

    /// <summary>The metric's largest value; likewise.</summary>
    Max,
}

/// <summary>How runs are put in order.</summary>
internal static class RunSorting
{
    /// <summary>The runs in order; equals stay by configuration and seed, and what has no value comes last either way.</summary>
    public static IEnumerable<RunResult> By(this IEnumerable<RunResult> runs, RunSort sort, SortOrder order) => sort switch
    {
        RunSort.Place => Sorted(runs, run => run.Ordinal, order),
        RunSort.Seed => Sorted(runs, run => run.Seed, order),
        RunSort.State => Sorted(runs, run => run.State.ToString(), order),
        RunSort.Steps => Sorted(runs, run => run.StepsDone, order),
        RunSort.Last => Sorted(runs, run => run.Last, order, run => run.Last is null or double.NaN),
        RunSort.Min => Sorted(runs, run => run.Min, order, run => run.Min is null or double.NaN),
        RunSort.Max => Sorted(runs, run => run.Max, order, run => run.Max is null or double.NaN),
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, null),
    };

    private static IEnumerable<RunResult> Sorted<T>(IEnumerable<RunResult> runs, Func<RunResult, T> key, SortOrder order, Func<RunResult, bool>? isMissing = null)
    {
        var known = runs.OrderBy(run => isMissing?.Invoke(run) ?? false);
        return order == SortOrder.Asc ? known.ThenBy(key) : known.ThenByDescending(key);
    }
}
