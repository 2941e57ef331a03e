using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.Tests.Search;

namespace Benchmarks;

/// <summary>How good the searches are: the median over seeds of the best value after a budget of configurations. No speed is measured.</summary>
internal static class Samplers
{
    private const int Seeds = 30;
    private static readonly int[] Budgets = [25, 50, 100];
    private static readonly (string Name, Func<SearchSpace, ulong, ISampler> Of)[] Methods =
    [
        ("random", (space, seed) => new SequenceSampler(RandomSearch.Points(space, Budgets[^1] + 10, seed))),
        ("sobol", (space, seed) => new SequenceSampler(SobolSearch.Points(space, seed))),
        ("tpe", (space, seed) => new TpeSampler(space, seed)),
        ("bayes", (space, seed) => new BayesSampler(space, seed)),
    ];

    /// <summary>Prints the table; 1 when tpe or bayes is not ahead of random at the largest budget.</summary>
    internal static int Run(int atOnce)
    {
        var isBehind = false;
        foreach (var problem in (SearchProblem[])[SearchProblem.Branin, SearchProblem.Hartmann6, SearchProblem.Training])
        {
            Console.WriteLine();
            Console.WriteLine($"{$"{problem.Name}, {atOnce} at once: median regret",-50} " + string.Join(' ', Budgets.Select(budget => $"{budget,9}")));
            var medians = Methods.ToDictionary(method => method.Name, method => Medians(problem, method.Of, atOnce));
            foreach (var (name, values) in medians)
                Console.WriteLine($"{name,-50} " + string.Join(' ', values.Select(value => value.ToString("F5", CultureInfo.InvariantCulture).PadLeft(9))));
            isBehind |= medians["tpe"][^1] >= medians["random"][^1] || medians["bayes"][^1] >= medians["random"][^1];
        }
        return isBehind ? 1 : 0;
    }

    private static double[] Medians(SearchProblem problem, Func<SearchSpace, ulong, ISampler> method, int atOnce)
    {
        var found = Enumerable.Range(1, Seeds).AsParallel()
            .Select(seed => problem.Search(method(problem.Space, (ulong)seed), Budgets[^1], (ulong)seed, atOnce)).ToArray();
        return [.. Budgets.Select(budget => Measured.Median(found.Select(values => values[budget - 1])) - problem.Minimum)];
    }
}
