using System.Collections.Immutable;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;
using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>What a search that learns wants trained next.</summary>
/// <param name="Configuration">The configuration; null when the search is over.</param>
/// <param name="Refused">Configurations that it came to before, each with what the trainer says against it.</param>
public sealed record Proposal(Configuration? Configuration, ImmutableArray<(Configuration Configuration, string Why)> Refused);

/// <summary>One more seed for configurations that are not told from their baseline yet, and for that.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Configurations">Places of the configurations, their baselines' among them.</param>
/// <param name="IsLast">Whether no other seed can follow.</param>
public sealed record SeedProposal(int Seed, ImmutableArray<int> Configurations, bool IsLast);

/// <summary>
/// The decisions of a search that learns from scores (<see cref="SweepSpec.Learns"/>). They follow from the sweep file and the trials alone:
/// whoever makes them again from the same results comes to the same configurations.
/// </summary>
public static class SweepSearch
{
    /// <summary>Proposals in a row that the trainer may refuse before the search is over.</summary>
    public const int MostRefused = 100;

    /// <summary>The next configuration to train.</summary>
    /// <param name="spec">A sweep that <see cref="SweepSpec.Learns"/>.</param>
    /// <param name="trials">All that were chosen so far, in their order.</param>
    public static Proposal Next(SweepSpec spec, IReadOnlyList<Trial> trials)
    {
        var refused = ImmutableArray.CreateBuilder<(Configuration, string)>();
        if (trials.Count >= spec.RunCap) return new Proposal(null, []);
        var sampler = SamplerOf(spec);
        var history = TrialScores.Of(spec.Metric, trials).ToList();
        while (refused.Count < MostRefused && sampler.Next(history) is { } point)
        {
            var configuration = spec.ConfigurationOf(point, trials.Count);
            if (spec.Refusal(configuration) is not { } why) return new Proposal(configuration, refused.ToImmutable());
            refused.Add((configuration, why));
            // The search learns that nothing good is there.
            history.Add(new ScoredConfiguration(configuration, double.PositiveInfinity));
        }
        return new Proposal(null, refused.ToImmutable());
    }

    /// <summary>
    /// The points that the search begins with whatever their scores are, at most <see cref="ModelSampler.StartUp"/>: they can be trained at once.
    /// </summary>
    /// <param name="spec">A sweep that <see cref="SweepSpec.Learns"/>.</param>
    /// <param name="first">The point to begin with, or null.</param>
    internal static ImmutableArray<Point> StartUp(SweepSpec spec, Point? first)
    {
        var sampler = SamplerOf(spec);
        var history = new List<ScoredConfiguration>();
        var next = first ?? sampler.Next(history);
        while (next is not null)
        {
            history.Add(new ScoredConfiguration(spec.ConfigurationOf(next, history.Count), Score: null));
            next = history.Count < Math.Min(spec.RunCap!.Value, ModelSampler.StartUp) ? sampler.Next(history) : null;
        }
        return [.. history.Select(trial => trial.Configuration.Parameters)];
    }

    /// <summary>
    /// The next seed of a sweep that adds seeds <see cref="SweepSpec.Until"/> its comparisons are decided; null when they are, or no more are
    /// allowed. A configuration without any finite value is given up.
    /// </summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="trials">All its configurations, in their order, none of them open.</param>
    public static SeedProposal? NextSeed(SweepSpec spec, IReadOnlyList<Trial> trials)
    {
        var rule = spec.Until ?? throw new ArgumentException("The sweep has a fixed number of seeds.", nameof(spec));
        var references = Baselines.Of(spec).References;
        var values = trials.Select(trial => trial.Runs.Where(run => run is { State: TrialState.Completed, Last: { } last } && double.IsFinite(last))
            .ToDictionary(run => run.Seed, run => run.Last!.Value)).ToArray();
        var seed = trials.SelectMany(trial => trial.Runs).Max(run => run.Seed) + 1;
        if (seed > rule.Most) return null;
        var compared = Enumerable.Range(0, trials.Count).Where(place => references[place] != place).ToArray();
        if (compared.Length == 0) return null;
        var test = SequentialComparison.TestOf(rule, compared.Length);
        var open = compared.Where(place => values[place].Count > 0 && values[references[place]].Count > 0
            && !SequentialComparison.Of(test, values[place], values[references[place]]).IsSettled).ToArray();
        return open.Length == 0 ? null : new SeedProposal(seed, [.. open.Concat(open.Select(place => references[place])).Distinct().Order()], IsLast: seed == rule.Most);
    }

    private static ModelSampler SamplerOf(SweepSpec spec) => spec.Method switch
    {
        SearchMethod.Tpe => new TpeSampler(spec.Space, SweepPlan.SearchSeed),
        SearchMethod.Bayes => new BayesSampler(spec.Space, SweepPlan.SearchSeed),
        _ => throw new InvalidOperationException($"{spec.Method} does not learn."),
    };
}
