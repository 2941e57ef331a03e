using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;

namespace Sweeps.Head.Reports;

/// <summary>Sets the configurations of stored sweeps beside each other. The baseline of the first sweep comes first and is the reference.</summary>
public static class SweepComparison
{
    /// <summary>Parameters of the trainer that say, together with the seed, which data a run sees in which order.</summary>
    private static readonly string[] DataParameters =
        [.. GptParameters.All.Where(parameter => parameter.Group == "data" || parameter.Name is "data" or "batch_size" or "context").Select(parameter => parameter.Name)];

    /// <summary>Why the sweeps cannot be compared, in a sentence; null when they can.</summary>
    public static string? Refusal(IReadOnlyList<SweepAnswer> answers)
    {
        var first = answers[0];
        var other = answers.FirstOrDefault(answer => answer.Summary.Metric != first.Summary.Metric || answer.Summary.Goal != first.Summary.Goal);
        return other is null ? null : $"sweep {Named(first)} is judged by {Judged(first)}, sweep {Named(other)} by {Judged(other)}: compare sweeps of the same metric.";
    }

    /// <summary>Compares sweeps of the same metric.</summary>
    /// <param name="answers">The sweeps, at least one.</param>
    /// <param name="target">The target; null for that of the first sweep that has one.</param>
    public static RunComparison Of(IReadOnlyList<SweepAnswer> answers, double? target)
    {
        var all = Ordered(answers);
        return RunComparison.Of(answers[0].Spec.Metric.Metric, target ?? answers.Select(answer => answer.Summary.Target).FirstOrDefault(one => one is not null),
            [.. all.Select(one => new ComparedRuns(one.Name, one.Runs, Pairs(one, all[0])))]);
    }

    /// <summary>The sweep of each row of a comparison and the configuration's place in it.</summary>
    /// <param name="answers">The sweeps that were compared.</param>
    public static IReadOnlyList<(long SweepId, int Ordinal)> PlacesOf(IReadOnlyList<SweepAnswer> answers) =>
        [.. Ordered(answers).Select(one => (one.Answer.Overview.Sweep.Id, one.Configuration.Index))];

    /// <summary>All configurations, the reference first.</summary>
    private static One[] Ordered(IReadOnlyList<SweepAnswer> answers)
    {
        var all = answers.SelectMany(answer => Configurations(answer, answers)).ToArray();
        var reference = all.First(one => one.Configuration.Index == one.Answer.Summary.Baseline);
        return [.. all.Except([reference]).Prepend(reference)];
    }

    private static IEnumerable<One> Configurations(SweepAnswer answer, IReadOnlyList<SweepAnswer> answers)
    {
        var finished = SweepAnalysis.Finished(answer.Spec, answer.Plan, answer.Curves);
        var isTwice = answers.Count(other => other.Overview.Sweep.Name == answer.Overview.Sweep.Name) > 1;
        var name = isTwice ? Named(answer) : answer.Overview.Sweep.Name;
        return answer.Plan.Configurations.Select(configuration => new One(answer, configuration,
            answer.Plan.Configurations.Length == 1 ? name : answers.Count == 1 ? configuration.Label : $"{name} {configuration.Label}", [.. finished[configuration.Index]]));
    }

    /// <summary>Within a sweep, unless it was imported; between sweeps of the built-in trainer on the same batches.</summary>
    private static bool Pairs(One one, One reference) => !one.Answer.Spec.IsImported && (one.Answer == reference.Answer
        || one.Answer.Spec.Command is null && reference.Answer.Spec.Command is null && DataOf(one).SequenceEqual(DataOf(reference)));

    private static IEnumerable<ParameterValue?> DataOf(One one)
    {
        var parameters = TrainingOptions.FromParameters(one.Configuration.Parameters, seed: 1).ToParameters();
        return DataParameters.Select(name => parameters.GetValueOrDefault(name));
    }

    private static string Named(SweepAnswer answer) => $"{answer.Overview.Sweep.Name} ({answer.Overview.Sweep.Id})";

    private static string Judged(SweepAnswer answer) => $"{answer.Summary.Metric} ({answer.Summary.Goal.ToString().ToLowerInvariant()})";

    private sealed record One(SweepAnswer Answer, Configuration Configuration, string Name, IReadOnlyList<FinishedRun> Runs);
}
