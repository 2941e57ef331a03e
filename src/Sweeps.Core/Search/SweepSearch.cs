using System.Collections.Immutable;
using Sweeps.Core.SweepFiles;
using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>What a search that learns wants trained next.</summary>
/// <param name="Configuration">The configuration; null when the search is over.</param>
/// <param name="Refused">Configurations that it came to before, each with what the trainer says against it.</param>
public sealed record Proposal(Configuration? Configuration, ImmutableArray<(Configuration Configuration, string Why)> Refused);

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

    private static ModelSampler SamplerOf(SweepSpec spec) => spec.Method switch
    {
        SearchMethod.Tpe => new TpeSampler(spec.Space, SweepPlan.SearchSeed),
        SearchMethod.Bayes => new BayesSampler(spec.Space, SweepPlan.SearchSeed),
        _ => throw new InvalidOperationException($"{spec.Method} does not learn."),
    };
}
