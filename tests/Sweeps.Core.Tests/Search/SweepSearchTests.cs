using System.Collections.Immutable;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Search;

/// <summary>What a sweep that learns decides, from its file and the trials alone.</summary>
public sealed class SweepSearchTests
{
    private const string Space = """
        parameters:
          learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-1}
          dropout: {min: 0.0, max: 0.5}
          heads: {values: [1, 2, 4]}
          steps: {value: 100}
        seeds: 2
        """;

    public static TheoryData<string> Learning => ["tpe", "bayes"];

    [Theory, MemberData(nameof(Learning))]
    public void The_configurations_that_do_not_depend_on_scores_are_planned_and_the_others_counted(string method)
    {
        var plan = SweepPlan.Of(Spec(method, cap: 25));
        Assert.Equal((10, 20, 25, true), (plan.Configurations.Length, plan.Runs.Length, plan.MostConfigurations, plan.IsOpen));
        Assert.Equal((4, 4, false), (SweepPlan.Of(Spec(method, cap: 4)) is var small ? small.Configurations.Length : 0, small.MostConfigurations, small.IsOpen));
    }

    [Theory, MemberData(nameof(Learning))]
    public void A_space_with_fewer_points_than_the_start_up_is_planned_whole(string method)
    {
        var plan = SweepPlan.Of(SweepFile.Parse($"method: {method}\nrun_cap: 50\nparameters: {{heads: {{values: [1, 2, 4]}}, untie_at: {{values: [never, 0.5]}}}}", "a.yaml"));
        Assert.Equal((6, 6, false), (plan.Configurations.Length, plan.MostConfigurations, plan.IsOpen));
    }

    [Theory, MemberData(nameof(Learning))]
    public void The_start_up_is_what_the_search_would_have_come_to_whatever_the_scores(string method)
    {
        var spec = Spec(method, cap: 25);
        var planned = SweepPlan.Of(spec).Configurations;
        var trials = new List<Trial>();
        while (trials.Count < planned.Length)
        {
            var next = SweepSearch.Next(spec, trials).Configuration!;
            Assert.Equal(planned[trials.Count], next);
            trials.Add(Completed(next, trials.Count % 3));
        }
    }

    [Theory, MemberData(nameof(Learning))]
    public void A_named_baseline_comes_first(string method)
    {
        var plan = SweepPlan.Of(SweepFile.Parse($"method: {method}\nrun_cap: 30\n{Space}\nbaseline: {{learning_rate: 1e-3, dropout: 0.25, heads: 2}}", "a.yaml"));
        Assert.Equal((0, true), (plan.BaselineIndex, plan.BaselineIsGiven));
        Assert.Equal("dropout=0.25 heads=2 learning_rate=0.001", plan.Baseline.Label);
        Assert.Equal(10, plan.Configurations.Select(configuration => configuration.Hash).Distinct().Count());
    }

    [Theory, MemberData(nameof(Learning))]
    public void The_same_results_lead_to_the_same_configurations_also_when_they_were_stored_between(string method)
    {
        var spec = Spec(method, cap: 15);
        var once = Searched(spec, trials => trials);
        // Parameters are stored as JSON, and come back as it tells them.
        var stored = Searched(spec, trials => [.. spec.With(trials.Select(trial =>
            System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, ParameterValue>>(trial.Configuration.CanonicalJson, Json.Options)!)) is var again
            ? SweepPlan.Of(again).Configurations.Zip(trials, (configuration, trial) => trial with { Configuration = configuration }) : []]);
        Assert.Equal(15, once.Length);
        Assert.Equal(once, stored);
        Assert.Equal(15, once.Select(configuration => configuration.Hash).Distinct().Count());
    }

    [Theory, MemberData(nameof(Learning))]
    public void A_search_goes_to_where_the_scores_are_good_and_ends_at_its_cap(string method)
    {
        var found = Searched(Spec(method, cap: 26), trials => trials);
        Assert.Equal(26, found.Length);
        Assert.True(found.Skip(14).Average(Loss) < found.Take(10).Average(Loss));
    }

    [Theory, MemberData(nameof(Learning))]
    public void What_the_trainer_refuses_is_passed_over_and_told(string method)
    {
        // Of these widths the heads of attention divide only one.
        var spec = Spec(method, cap: 30);
        var trials = SweepPlan.Of(spec).Configurations.Select(configuration => Completed(configuration, Loss(configuration))).ToList();
        var narrow = spec with { Space = new SearchSpace(spec.Space.Parameters.Append(new("width", new IntUniformDistribution(96, 101)))) };
        var proposals = Enumerable.Range(0, 8).Select(i => SweepSearch.Next(narrow, [.. trials.Skip(i)])).ToArray();
        Assert.All(proposals, proposal => Assert.Equal(96, proposal.Configuration!.Parameters["width"].AsLong));
        var (refused, why) = proposals.SelectMany(proposal => proposal.Refused).First();
        Assert.InRange(refused.Parameters["width"].AsLong!.Value, 97, 101);
        Assert.Contains($"{refused.Parameters["width"]}", why);
    }

    [Theory, MemberData(nameof(Learning))]
    public void A_search_that_comes_to_nothing_but_refusals_is_over(string method)
    {
        var spec = Spec(method, cap: 30);
        var never = spec with { Space = new SearchSpace([.. spec.Space.Parameters, new("width", new ConstantDistribution(ParameterValue.Of(97L)))]) };
        var proposal = SweepSearch.Next(never, []);
        Assert.Null(proposal.Configuration);
        Assert.Equal(SweepSearch.MostRefused, proposal.Refused.Length);
    }

    [Fact]
    public void A_sobol_sequence_is_planned_whole_with_a_named_baseline_first()
    {
        var plan = SweepPlan.Of(Spec("sobol", cap: 25));
        Assert.Equal((25, 25, 50, false), (plan.Configurations.Length, plan.MostConfigurations, plan.Runs.Length, plan.IsOpen));
        Assert.Equal(plan.Configurations, SweepPlan.Of(Spec("sobol", cap: 25)).Configurations);
        var after = SweepPlan.Of(SweepFile.Parse($"method: sobol\nrun_cap: 5\n{Space}\nbaseline: {{learning_rate: 1e-3, dropout: 0.25, heads: 2}}", "a.yaml"));
        Assert.Equal(["dropout=0.25 heads=2 learning_rate=0.001", .. plan.Configurations.Take(4).Select(configuration => configuration.Label)],
            after.Configurations.Select(configuration => configuration.Label));
    }

    [Fact]
    public void A_score_is_the_mean_over_seeds_and_is_known_when_all_of_them_have_ended()
    {
        Assert.Equal([2.5, null], Scores("", [Ended(2), Ended(3)], [Ended(1), new(TrialState.Open, 1, 1)]));
        Assert.Equal([-0.75], Scores(", name: val_accuracy, goal: maximize", [Ended(0.5), Ended(1)]));
    }

    [Fact]
    public void A_run_that_failed_or_diverged_is_worse_than_all_others_and_one_that_was_stopped_early_has_its_latest_value() =>
        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity, 3.5, 2],
            Scores("", [new(TrialState.Failed, 4, 3), Ended(1)], [new(TrialState.Completed, null, 3), Ended(1)], [new(TrialState.Stopped, 4, 3), Ended(3)], [Ended(2), Ended(2)]));

    [Theory]
    [InlineData("worst", 7, 7, 7)]
    [InlineData("latest", 4, 7, 5)]
    [InlineData("best", 3, 2, 1)]
    public void Impute_says_what_stands_for_a_score(string impute, double failed, double diverged, double stopped) =>
        Assert.Equal([failed, diverged, stopped, 7, null],
            Scores($", impute: {impute}", [new(TrialState.Failed, 4, 3)], [new(TrialState.Completed, null, 2)], [new(TrialState.Stopped, 5, 1)], [Ended(7)], [new(TrialState.Open, 1, 1)]));

    [Theory]
    [InlineData("worst", 7)]
    [InlineData("latest", 4)]
    [InlineData("best", 3)]
    public void Impute_while_running_gives_runs_a_score_that_have_a_value(string impute, double running) =>
        Assert.Equal([running, null, 7], Scores($", impute_while_running: {impute}", [new(TrialState.Open, 4, 3)], [new(TrialState.Open)], [Ended(7)]));

    [Fact]
    public void Nothing_to_impute_from_is_worse_than_all_others() =>
        Assert.Equal([double.PositiveInfinity], Scores(", impute: worst", [new TrialRun(TrialState.Failed)]));

    private static IEnumerable<double?> Scores(string metric, params TrialRun[][] runs)
    {
        var parameters = metric.Contains("val_accuracy", StringComparison.Ordinal) ? "{data: {value: addition}}" : "{heads: {value: 1}}";
        var name = metric.Contains("name", StringComparison.Ordinal) ? "" : "name: val_loss";
        var spec = SweepFile.Parse($"method: grid\nmetric: {{{(name + metric).TrimStart(',', ' ')}}}\nparameters: {parameters}", "a.yaml");
        var configuration = SweepPlan.Of(spec).Baseline;
        return TrialScores.Of(spec.Metric, [.. runs.Select(all => new Trial(configuration, [.. all]))]).Select(scored => scored.Score);
    }

    /// <summary>All configurations of a search whose runs end one after the other.</summary>
    private static Configuration[] Searched(SweepSpec spec, Func<List<Trial>, List<Trial>> stored)
    {
        var trials = new List<Trial>();
        while (SweepSearch.Next(spec, stored(trials)) is { Configuration: { } next }) trials.Add(Completed(next, Loss(next)));
        return [.. trials.Select(trial => trial.Configuration)];
    }

    private static double Loss(Configuration configuration) =>
        2 + Math.Abs(Math.Log10(configuration.Parameters["learning_rate"].AsDouble!.Value) + 2) + configuration.Parameters["dropout"].AsDouble!.Value;

    private static Trial Completed(Configuration configuration, double loss) => new(configuration, [Ended(loss), Ended(loss + 0.5)]);

    private static TrialRun Ended(double loss) => new(TrialState.Completed, loss, loss);

    private static SweepSpec Spec(string method, int cap) => SweepFile.Parse($"method: {method}\nrun_cap: {cap}\n{Space}", "sweep.yaml");
}
