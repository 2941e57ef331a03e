using System.Collections.Immutable;
using System.Globalization;
using FsCheck.Fluent;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Stages;

public sealed class StageTreeTests
{
    private static readonly string[] TimedParameters =
    [
        "steps", "loss_weights", "untie_at", "batch_size", "context", "learning_rate", "learning_rate_schedule", "min_learning_rate", "warmup_steps",
        "warmup_tokens", "decay_steps", "muon_learning_rate",
    ];

    // Several ways to write each, and values that agree for a while.
    private static readonly (string Name, string[] Values)[] Ramped =
    [
        ("steps", ["24", "36", "48"]),
        ("heads", ["1", "2", "3"]),
        ("loss_weights", ["[1]", "[1, 0.5]", "[1, 0.5] -> [1]", "[1, 0.5] @ 1/2 -> [1]", "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]", "[1, 0.5->0] @ 1/3 -> [1]", "[1, 0.5->0] -> [1, 0.5]"]),
        ("untie_at", ["never", "0", "0.5", "1/2", "2/3", "12", "24"]),
        ("batch_size", ["4", "4 -> 2 -> 4", "2 @ 1/3 -> 4", "2 -> 4 -> 4"]),
        ("context", ["16", "8 -> 16", "8 @ 1/4 -> 16"]),
        ("learning_rate", ["1e-3", "3e-3"]),
        ("min_learning_rate", ["1e-4", "1e-3"]),
        ("learning_rate_schedule", ["cosine", "pr178", "mingpt"]),
        ("warmup_steps", ["0", "4", "6"]),
        ("decay_steps", ["12", "18", "36", "48"]),
        ("optimizer", ["adamw", "muon"]),
        ("muon_learning_rate", ["0.02", "0.05"]),
        ("eval_every", ["12", "10"]),
    ];

    // Without ramps and slopes, two things that are not the same have other values at once.
    private static readonly (string Name, string[] Values)[] Stepwise =
    [
        .. Ramped.Where(parameter => parameter.Name is "steps" or "heads" or "untie_at" or "batch_size" or "context" or "eval_every"),
        ("loss_weights", ["[1]", "[1, 0.5]", "[1, 0.5] -> [1]", "[1, 0.5] @ 1/2 -> [1]", "[1, 0.5] -> [1, 0.5, 0.25] -> [1]"]),
        ("learning_rate", ["1e-3"]),
        ("min_learning_rate", ["1e-3"]),
        ("warmup_steps", ["0", "4"]),
        ("learning_rate_schedule", ["cosine"]),
    ];

    [Fact]
    public void The_stages_of_each_run_join_to_the_run() => Hold(Ramped, (runs, tree) => Enumerable.Range(0, runs.Length).All(run =>
    {
        var path = tree.Paths[run].Select(index => tree.Stages[index]).ToArray();
        return path[0].FromStep == 0 && path[0].Parent is null && path[^1].ToStep == runs[run].Steps && path.All(stage => stage.ToStep > stage.FromStep)
            && path.Zip(path.Skip(1)).All(pair => pair.Second.FromStep == pair.First.ToStep && pair.Second.Parent == pair.First.Index);
    }));

    [Fact]
    public void Stages_are_numbered_in_order_and_trained_with_the_parameters_of_a_run_that_needs_them() => Hold(Ramped, (_, tree) =>
        tree.Stages.Select(stage => stage.Index).SequenceEqual(Enumerable.Range(0, tree.Stages.Length))
        && tree.Stages.All(stage => stage.Parent is null || stage.Parent < stage.Index)
        && tree.Stages.All(stage => tree.Paths[stage.Run].Contains(stage.Index)));

    [Fact]
    public void A_run_that_ends_within_anothers_path_gives_its_parameters_to_its_last_stage() => Hold(Ramped, (runs, tree) =>
        Enumerable.Range(0, runs.Length).All(run => runs[tree.Stages[tree.Paths[run][^1]].Run] is var trained
            && trained.Steps == runs[run].Steps && SameValuesUntil(trained, runs[run]) == trained.Steps));

    [Fact]
    public void What_is_shared_has_the_same_values_at_every_step() => Hold(Ramped, (runs, tree) => Pairs(runs).All(pair =>
        Shared(tree, pair.A, pair.B) <= SameValuesUntil(runs[pair.A], runs[pair.B])));

    [Fact]
    public void Runs_part_at_the_step_whose_values_differ_or_where_a_ramp_leaves_the_value_that_they_had_in_common() =>
        Hold(Ramped, (runs, tree) => Pairs(runs).All(pair =>
            SameValuesUntil(runs[pair.A], runs[pair.B]) - Shared(tree, pair.A, pair.B) <= 1));

    [Fact]
    public void Without_ramps_runs_part_exactly_where_their_values_do() => Hold(Stepwise, (runs, tree) => Pairs(runs).All(pair =>
        Shared(tree, pair.A, pair.B) == SameValuesUntil(runs[pair.A], runs[pair.B])));

    [Fact]
    public void No_step_is_trained_twice() => Hold(Stepwise, (runs, tree) =>
        tree.Steps == Enumerable.Range(0, runs.Max(run => run.Steps)).Sum(step => (long)Classes(runs, step)));

    [Fact]
    public void Without_sharing_each_run_is_a_stage()
    {
        var tree = StageTree.WithoutSharing([30, 20]);
        Assert.Equal([new Stage(0, null, 0, 0, 30), new Stage(1, null, 1, 0, 20)], tree.Stages);
        Assert.Equal([0, 1], tree.Paths.Select(path => path.Single()));
        Assert.Equal(50, tree.Steps);
    }

    [Fact]
    public void A_plan_shares_within_each_seed_alone()
    {
        const string Yaml = """
            method: grid
            parameters:
              untie_at: {values: [never, 0.5, 3/4]}
              steps: {value: 400}
              eval_every: {value: 100}
            seeds: 2
            """;
        var tree = SweepPlan.Of(SweepFile.Parse(Yaml, "a.yaml")).Tree;
        Assert.Equal([(0, 200), (200, 300), (300, 400), (300, 400), (200, 400)], tree.Stages.Take(5).Select(stage => (stage.FromStep, stage.ToStep)));
        Assert.Equal(new int?[] { null, 0, 1, 1, 0 }, tree.Stages.Take(5).Select(stage => stage.Parent));
        Assert.Equal([0, 0, 0, 2, 1], tree.Stages.Take(5).Select(stage => stage.Run));
        Assert.Equal(["0,1,2", "0,4", "0,1,3", "5,6,7", "5,9", "5,6,8"], tree.Paths.Select(path => string.Join(',', path)));
        Assert.Equal(1400, tree.Steps);
        var apart = SweepPlan.Of(SweepFile.Parse(Yaml + "\nshare_prefixes: false\n", "a.yaml")).Tree;
        Assert.Equal((6, 2400L), (apart.Stages.Length, apart.Steps));
    }

    [Fact]
    public void Stored_stages_and_new_ones_join_to_each_run_of_a_later_sweep() => HoldLater((_, later, plan) => Enumerable.Range(0, later.Length).All(run =>
    {
        var path = plan.Stored[run].Select(stage => (stage.FromStep, stage.ToStep)).Concat(plan.Tree.Paths[run].Select(index => plan.Tree.Stages[index]).Select(stage => (stage.FromStep, stage.ToStep))).ToArray();
        var first = plan.Tree.Paths[run] is [var index, ..] ? plan.Tree.Stages[index] : null;
        return path[0].FromStep == 0 && path[^1].ToStep == later[run].Steps && path.Zip(path.Skip(1)).All(pair => pair.Second.FromStep == pair.First.ToStep)
            && (first is null || first.StoredParent == plan.Stored[run].LastOrDefault()?.Id && first.FromStep == (plan.Stored[run].LastOrDefault()?.ToStep ?? 0));
    }));

    [Fact]
    public void A_later_run_begins_with_stored_stages_that_have_its_values_at_every_step() => HoldLater((earlier, later, plan) =>
        Enumerable.Range(0, later.Length).All(run => plan.Stored[run].All(stage =>
            SameValuesUntil(earlier[plan.Before.Stages[(int)stage.Id - 1].Run], later[run]) >= stage.ToStep)));

    [Fact]
    public void Later_runs_share_new_stages_that_have_the_same_values_at_every_step() => HoldLater((_, later, plan) =>
        Pairs(later).All(pair => Shared(plan.Tree, pair.A, pair.B) <= SameValuesUntil(later[pair.A], later[pair.B]))
        && plan.Tree.Steps <= StageTree.Of([.. later.Select(run => RunTimeline.Of(run.Options))]).Steps);

    [Fact]
    public void A_sweep_that_was_trained_before_has_nothing_to_train() => Hold(Ramped, (runs, _) => Plan(runs, runs, _ => false).Tree.Stages.IsEmpty);

    [Fact]
    public void A_stage_whose_way_from_the_first_step_is_not_known_is_of_no_use()
    {
        var run = new Run(TrainingOptions.FromParameters(new Dictionary<string, ParameterValue> { ["steps"] = ParameterValue.Of(48) }, seed: 1));
        var identity = IdentityOf(run);
        var end = new StoredStage(2, 1, Parent: 1, 12, 24, identity.Origin, identity.At(24), CanBegin: true);
        var start = end with { Id = 1, Parent = null, FromStep = 0, ToStep = 12, Identity = identity.At(12), CanBegin = false };
        Assert.Equal([start, end], new StoredStages([end, start]).PathOf(identity));
        Assert.Empty(new StoredStages([end]).PathOf(identity));
        Assert.Empty(new StoredStages([end with { CanBegin = false }, start]).PathOf(identity));
    }

    [Fact]
    public void The_end_of_a_run_that_measures_its_decoding_is_not_the_middle_of_another()
    {
        var (whole, longer) = (Measured(24), Measured(48));
        var stage = new StoredStage(1, 1, null, 0, 24, longer.Origin, longer.At(24), CanBegin: true);
        Assert.Empty(new StoredStages([stage]).PathOf(whole));
        Assert.Equal([stage], new StoredStages([stage]).PathOf(longer));
        Assert.NotEmpty(new StoredStages([stage with { Identity = whole.At(24) }]).PathOf(whole));
        Assert.NotEmpty(new StoredStages([stage with { Identity = whole.At(24) }]).PathOf(longer));

        static RunIdentity Measured(int steps) => IdentityOf(new Run(TrainingOptions.FromParameters(new Dictionary<string, ParameterValue>
        {
            ["steps"] = ParameterValue.Of(steps), ["warmup_steps"] = ParameterValue.Of(2), ["decay_steps"] = ParameterValue.Of(48), ["eval_every"] = ParameterValue.Of(12),
            ["decode_method"] = ParameterValue.Of("early_exit"),
        }, seed: 1)));
    }

    [Fact]
    public void Runs_that_differ_in_what_is_measured_of_decoding_share_all_steps_but_the_last()
    {
        var runs = new[] { "base", "early_exit", "early_exit", "off" }.Select((method, i) => TrainingOptions.FromParameters(new Dictionary<string, ParameterValue>
        {
            ["steps"] = ParameterValue.Of(48), ["eval_every"] = ParameterValue.Of(12), ["decode_method"] = ParameterValue.Of(method), ["decode_gamma"] = ParameterValue.Of(5 + i),
        }, seed: 1)).ToArray();
        var tree = StageTree.Of([.. runs.Select(RunTimeline.Of)]);
        Assert.Equal(47 + 4, tree.Steps);
        Assert.Equal(4, runs.Select(run => RunIdentity.Of(RunTimeline.Of(run)).At(48)).Distinct().Count());
        Assert.Single(runs.Select(run => RunIdentity.Of(RunTimeline.Of(run)).At(47)).Distinct());
    }

    /// <summary>Parts of one sweep as two, the second planned after the first, of whose checkpoints some that are no run's end are gone.</summary>
    private static void HoldLater(Func<Run[], Run[], (StageTree Before, ImmutableArray<ImmutableArray<StoredStage>> Stored, StageTree Tree), bool> claim) =>
        Properties.Hold(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var runs = Sweep(random, Ramped);
            var earlier = runs.Where(_ => random.Next(2) == 0).DefaultIfEmpty(runs[0]).ToArray();
            var later = runs.Where(_ => random.Next(3) > 0).DefaultIfEmpty(runs[^1]).ToArray();
            return claim(earlier, later, Plan(earlier, later, _ => random.Next(2) == 0));
        }, tests: 200);

    private static (StageTree Before, ImmutableArray<ImmutableArray<StoredStage>> Stored, StageTree Tree) Plan(Run[] earlier, Run[] later, Func<Stage, bool> isGone)
    {
        var before = StageTree.Of([.. earlier.Select(run => RunTimeline.Of(run.Options))]);
        var ends = Enumerable.Range(0, earlier.Length).Select(run => before.Paths[run][^1]).ToHashSet();
        var stored = new StoredStages(before.Stages.Select(stage => new StoredStage(stage.Index + 1, 1, stage.Parent + 1, stage.FromStep, stage.ToStep,
            IdentityOf(earlier[stage.Run]).Origin, IdentityOf(earlier[stage.Run]).At(stage.ToStep), ends.Contains(stage.Index) || !isGone(stage))));
        var paths = later.Select(run => stored.PathOf(IdentityOf(run))).ToImmutableArray();
        return (before, paths, StageTree.Of([.. later.Select(run => RunTimeline.Of(run.Options))], [.. paths.Select(path => path.LastOrDefault())]));
    }

    private static RunIdentity IdentityOf(Run run) => RunIdentity.Of(RunTimeline.Of(run.Options));

    private static void Hold((string Name, string[] Values)[] parameters, Func<Run[], StageTree, bool> claim) =>
        Properties.Hold(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var runs = Sweep(new Random(seed), parameters);
            return claim(runs, StageTree.Of([.. runs.Select(run => RunTimeline.Of(run.Options))]));
        }, tests: 200);

    // Up to four parameters vary, the others are constants; what cannot be trained is left out.
    private static Run[] Sweep(Random random, (string Name, string[] Values)[] parameters)
    {
        while (true)
        {
            var varying = random.GetItems(parameters, 4).Select(parameter => parameter.Name).ToHashSet();
            var choices = parameters.Select(p => (p.Name, Values: random.GetItems(p.Values, varying.Contains(p.Name) ? 3 : 1).Distinct().ToArray())).ToArray();
            var grid = choices.Aggregate(
                new[] { new Dictionary<string, ParameterValue>() }.AsEnumerable(),
                (known, choice) => known.SelectMany(_ => choice.Values, (one, value) => new Dictionary<string, ParameterValue>(one) { [choice.Name] = Value(value) })).ToArray();
            random.Shuffle(grid);
            var sound = grid.Where(configuration => TrainingOptions.Check(configuration).Count == 0).Take(12).ToArray();
            var seeds = Enumerable.Range(1, random.Next(1, 3));
            if (sound.Length > 0) return [.. from configuration in sound from seed in seeds select new Run(TrainingOptions.FromParameters(configuration, seed))];
        }
    }

    private static ParameterValue Value(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? ParameterValue.Of(whole)
        : double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? ParameterValue.Of(number) : ParameterValue.Of(text);

    private static IEnumerable<(int A, int B)> Pairs(Run[] runs) =>
        from a in Enumerable.Range(0, runs.Length) from b in Enumerable.Range(0, a) select (a, b);

    /// <summary>Steps that two runs share in the tree.</summary>
    private static int Shared(StageTree tree, int a, int b) =>
        tree.Paths[a].Intersect(tree.Paths[b]).Select(index => tree.Stages[index].ToStep).DefaultIfEmpty(0).Max();

    /// <summary>How many different beginnings the runs have that go through a step: so often it must be trained.</summary>
    private static int Classes(Run[] runs, int step) => runs.Where(run => run.Steps > step)
        .Select(run => string.Join('\n', run.Values.Take(step + 1).Prepend(run.Constants))).Distinct().Count();

    /// <summary>The first step at which two runs have other values, or the end of the shorter one.</summary>
    private static int SameValuesUntil(Run a, Run b)
    {
        if (a.Constants != b.Constants) return 0;
        var end = Math.Min(a.Steps, b.Steps);
        return Enumerable.Range(0, end).FirstOrDefault(step => a.Values[step] != b.Values[step], end);
    }

    /// <summary>A run by all that the trainer looks up: once, and for each step, to the last bit.</summary>
    private sealed class Run
    {
        public Run(TrainingOptions options)
        {
            Options = options;
            Constants = string.Join(' ', options.ToParameters().Where(p => !TimedParameters.Contains(p.Key)).OrderBy(p => p.Key)
                .Select(p => $"{p.Key}={p.Value}").Append($"{options.Seed} {options.BatchSize} {options.Context}"));
            Values = [.. Enumerable.Range(0, options.Steps).Select(At)];
        }

        public TrainingOptions Options { get; }

        public int Steps => Options.Steps;

        public string Constants { get; }

        public string[] Values { get; }

        private string At(int step)
        {
            var given = Options.LossWeights.WeightsAt(step, Steps);
            var weights = Enumerable.Range(0, Options.Heads).Select(head => head < given.Count ? given[head] : 0);
            var tokens = Options.TokensAt(step + 1);
            double[] rates = Options.Optimizer == OptimizerKind.Muon
                ? [Options.LearningRates.At(step, tokens), Options.MuonLearningRates.At(step, tokens)] : [Options.LearningRates.At(step, tokens)];
            var validated = (step + 1) % Options.EvalEvery == 0 || step + 1 == Steps;
            return string.Join(' ', weights.Concat(rates).Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
                + $" {Options.BatchSizeSchedule.At(step, Steps)} {Options.ContextSchedule.At(step, Steps)} {tokens} {Options.UntieAtStep <= step} {validated}";
        }
    }
}
