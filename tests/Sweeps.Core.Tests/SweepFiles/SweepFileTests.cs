using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class SweepFileTests
{
    [Theory]
    [InlineData("{name: val_accuracy, goal: maximize, target: 0.99}", "val_accuracy", 0.99)]
    [InlineData("{name: val_accuracy}", "val_accuracy", null)]
    [InlineData("{name: train_loss, goal: minimize, target: 1.5}", "train_loss", 1.5)]
    [InlineData("{name: ood_accuracy, target: 1}", "ood_accuracy", 1.0)]
    public void A_sweep_is_judged_by_the_metric_that_it_names(string metric, string name, double? target) =>
        Assert.Equal(new MetricSpec(name, target), SweepFile.Parse($"method: grid\nmetric: {metric}\nparameters: {{data: {{value: polynomial}}, ood_operations: {{value: 6}}}}\n", "a.yaml").Metric);

    [Fact]
    public void A_whole_file_is_read()
    {
        var spec = SweepFile.Parse("""
            name: untie-timing
            description: When should the output head be untied from the embedding?
            program: gpt
            method: grid
            metric: {name: val_loss, goal: minimize, target: 1.70}
            parameters:
              heads:        {values: [1, 2, 4]}
              loss_weights: {values: ["[1]", "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]"]}
              untie_at:     {values: [never, 0.5, 2/3]}
              steps:        {value: 1000}
              optimizer:    {parameters: {learning_rate: {values: [1e-3, 3E-3]}}}
            seeds: 4
            baseline: {heads: 1, loss_weights: "[1]", untie_at: never, optimizer: {learning_rate: 1e-3}}
            resources: {cpus: 1, memory: 8GiB, time: 1.5h}
            priority: 60
            retries: {user: 0, machine: 7}
            project: heads
            entity: lab
            """, "sweeps/untie.yaml");
        Assert.Equal("untie-timing", spec.Name);
        Assert.Equal("When should the output head be untied from the embedding?", spec.Description);
        Assert.Equal(("gpt", SearchMethod.Grid, 4, 60), (spec.Program, spec.Method, spec.Seeds, spec.Priority));
        Assert.Equal(new MetricSpec("val_loss", 1.7), spec.Metric);
        Assert.Equal(new ResourceSpec { Cpus = 1, MemoryBytes = 8L << 30, Time = TimeSpan.FromMinutes(90) }, spec.Resources);
        Assert.Equal(new RetrySpec { User = 0, Oom = 1, Machine = 7 }, spec.Retries);
        Assert.Equal(("heads", "lab"), (spec.Project, spec.Entity));
        Assert.Equal(["heads", "loss_weights", "optimizer.learning_rate", "steps", "untie_at"], spec.Space.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(36, spec.Space.Count);
        Assert.Equal(4, spec.Baseline!.Count);
        Assert.Equal(ParameterValue.Of(0.001), spec.Baseline["optimizer.learning_rate"]);
    }

    [Theory]
    [InlineData("{min: 3, max: 12, until: \"p < 0.01\"}", 3, 12, 0.01)]
    [InlineData("{until: 'p<.05', max: 100, min: 2}", 2, 100, 0.05)]
    [InlineData("{min: 5, max: 6, until: p < 1e-3}", 5, 6, 0.001)]
    public void Seeds_may_be_added_until_the_verdict_is_clear(string seeds, int least, int most, double alpha)
    {
        var spec = SweepFile.Parse($"method: grid\nparameters: {{heads: {{values: [1, 2]}}}}\nseeds: {seeds}\n", "a.yaml");
        Assert.Equal((least, new SeedRule(least, most, alpha)), (spec.Seeds, spec.Until));
        Assert.Equal(2 * least, SweepPlan.Of(spec).Runs.Length);
    }

    [Fact]
    public void Optimizer_is_a_parameter_and_the_name_of_a_group()
    {
        var parameter = SweepFile.Parse("method: grid\nparameters: {optimizer: {values: [adamw, muon]}, batch_size: {values: [8, \"4 -> 8\"]}}", "dir/small.yaml");
        Assert.Equal(4, parameter.Space.Count);
        var group = SweepFile.Parse("method: grid\nparameters: {optimizer: {parameters: {optimizer: {value: muon}, beta1: {value: 0.8}}}}", "dir/small.yaml");
        Assert.Equal(["optimizer.beta1", "optimizer.optimizer"], group.Space.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void What_the_file_does_not_say_has_a_default()
    {
        var spec = SweepFile.Parse("method: grid\nparameters: {heads: {value: 1}}", "dir/small.yaml");
        Assert.Equal(("small", "gpt", 1, 50), (spec.Name, spec.Program, spec.Seeds, spec.Priority));
        Assert.Equal(new MetricSpec("val_loss", null), spec.Metric);
        Assert.Equal((null, null), (spec.RunCap, spec.Baseline));
        Assert.Equal(new RetrySpec(), spec.Retries);
        Assert.Equal(new ResourceSpec(), spec.Resources);
    }

    [Theory]
    [InlineData("{value: 2}", typeof(ConstantDistribution))]
    [InlineData("{values: [2]}", typeof(CategoricalDistribution))]
    [InlineData("{min: 1, max: 4}", typeof(IntUniformDistribution))]
    [InlineData("{distribution: int_uniform, min: 1.0, max: 4}", typeof(IntUniformDistribution))]
    [InlineData("{distribution: constant, value: 2}", typeof(ConstantDistribution))]
    [InlineData("{distribution: categorical, values: [1, 2]}", typeof(CategoricalDistribution))]
    public void A_distribution_is_inferred_as_weights_and_biases_does(string definition, Type expected) =>
        Assert.IsType(expected, DistributionOf("layers", definition));

    [Theory]
    [InlineData("{min: 0, max: 1}", typeof(IntUniformDistribution))]
    [InlineData("{min: 0.0, max: 1.0}", typeof(UniformDistribution))]
    [InlineData("{min: 0, max: 1.0}", typeof(UniformDistribution))]
    [InlineData("{min: 0, max: 1e0}", typeof(UniformDistribution))]
    [InlineData("{min: !!float 0, max: 1}", typeof(UniformDistribution))]
    [InlineData("{distribution: uniform, min: 0, max: 1}", typeof(UniformDistribution))]
    [InlineData("{distribution: log_uniform_values, min: 1e-5, max: 1}", typeof(LogUniformValuesDistribution))]
    public void Bounds_mean_whole_numbers_only_when_both_are_written_so(string definition, Type expected) =>
        Assert.IsType(expected, DistributionOf("weight_decay", definition));

    [Theory]
    [InlineData("1e-5", 1e-5)]
    [InlineData("1E+2", 100)]
    [InlineData("3e2", 300)]
    [InlineData("+1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("1.", 1)]
    [InlineData("1_00.5", 100.5)]
    [InlineData("0x10", 16)]
    [InlineData("!!float 1", 1)]
    [InlineData("!!float 1e-5", 1e-5)]
    [InlineData("!!float '0.25'", 0.25)]
    public void Numbers_are_read_as_people_write_them(string text, double expected) =>
        Assert.Equal(expected, ValueOf("learning_rate", text).AsDouble);

    [Theory]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("TRUE", true)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    [InlineData("False", false)]
    [InlineData("!!bool no", false)]
    public void Yes_and_no_and_on_and_off_are_booleans(string text, bool expected) => Assert.Equal(expected, ValueOf("bias", text).AsBool);

    [Theory]
    [InlineData("2/3", "2/3")]
    [InlineData("'0.5'", "0.5")]
    [InlineData("!!str 0.5", "0.5")]
    public void What_is_no_number_or_quoted_stays_text(string text, string expected) => Assert.Equal(expected, ValueOf("untie_at", text).AsString);

    [Fact]
    public void Loss_weights_may_be_a_list_of_yaml()
    {
        Assert.Equal("[1, 0.5, 0.25->0]", ValueOf("loss_weights", "[1, 0.5, 0.25->0]").ToString());
        Assert.Equal(2, Assert.IsType<CategoricalDistribution>(DistributionOf("loss_weights", "{values: [[1], [1, 0.5]]}")).Choices.Length);
    }

    [Fact]
    public void Anchors_and_aliases_work()
    {
        var spec = SweepFile.Parse("method: grid\nparameters:\n  eval_every: &n {value: 10}\n  log_every: *n\n", "a.yaml");
        Assert.Equal(2, spec.Space.Parameters.Length);
    }

    [Fact]
    public void Merge_keys_take_over_what_is_not_written()
    {
        var spec = SweepFile.Parse("""
            method: random
            run_cap: 2
            parameters:
              beta1: &momentum {distribution: uniform, min: 0.8, max: 0.95}
              beta2:
                <<: *momentum
                max: 0.999
              dropout:
                <<: [{min: 0.1}, *momentum]
                distribution: uniform
            """, "a.yaml");
        Assert.Equal(
            [new UniformDistribution(0.8, 0.95), new UniformDistribution(0.8, 0.999), new UniformDistribution(0.1, 0.95)],
            spec.Space.Parameters.Select(parameter => parameter.Distribution));
    }

    [Fact]
    public void What_is_written_goes_before_what_is_merged_wherever_it_stands()
    {
        var spec = SweepFile.Parse("method: grid\nparameters:\n  model: {parameters: {heads: {value: 2}, layers: {value: 3}}}\n"
            + "  optimizer: {parameters: {beta1: {value: 0.8}, <<: {beta1: {value: 0.9}, beta2: {value: 0.95}}}}\n", "a.yaml");
        Assert.Equal(["model.heads=2", "model.layers=3", "optimizer.beta1=0.8", "optimizer.beta2=0.95"],
            SweepPlan.Of(spec).Configurations.Single().Parameters.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Theory]
    [InlineData("{values: [0.1, 0.2], probabilities: [0.25, 0.75]}", typeof(WeightedCategoricalDistribution))]
    [InlineData("{distribution: categorical_w_probabilities, values: [0.1, 0.2], probabilities: [0.25, 0.75]}", typeof(WeightedCategoricalDistribution))]
    [InlineData("{distribution: log_uniform, min: -9, max: -4}", typeof(LogUniformDistribution))]
    [InlineData("{distribution: inv_log_uniform, min: 4, max: 9}", typeof(InverseLogUniformDistribution))]
    [InlineData("{distribution: inv_log_uniform_values, min: 1e-3, max: 1e-1}", typeof(InverseLogUniformValuesDistribution))]
    public void Distributions_are_read_by_their_names(string definition, Type expected) => Assert.IsType(expected, DistributionOf("weight_decay", definition));

    [Fact]
    public void What_a_distribution_does_not_say_is_as_weights_and_biases_has_it()
    {
        Assert.Equal(new NormalDistribution(0, 1), OfWeightDecay("{distribution: normal}"));
        Assert.Equal(new NormalDistribution(0.5, 0.01), OfWeightDecay("{distribution: normal, mu: 0.5, sigma: 0.01}"));
        Assert.Equal(new LogNormalDistribution(0, 1), OfWeightDecay("{distribution: log_normal}"));
        Assert.Equal(new BetaDistribution(1, 1), OfWeightDecay("{distribution: beta}"));
        Assert.Equal(new QuantizedDistribution(new BetaDistribution(2, 1), 0.1), OfWeightDecay("{distribution: q_beta, a: 2, q: 0.1}"));
        Assert.Equal(new QuantizedDistribution(new NormalDistribution(0, 1), 1), OfWeightDecay("{distribution: q_normal}"));
        Assert.Equal(new QuantizedDistribution(new LogNormalDistribution(1, 1), 1), OfWeightDecay("{distribution: q_log_normal, mu: 1}"));
        Assert.Equal(new QuantizedDistribution(new UniformDistribution(0, 10), 1), OfWeightDecay("{distribution: q_uniform, min: 0, max: 10}"));
        Assert.Equal(new QuantizedDistribution(new LogUniformDistribution(0, 3), 0.5), OfWeightDecay("{distribution: q_log_uniform, min: 0, max: 3, q: 0.5}"));
        Assert.Equal(new QuantizedDistribution(new LogUniformValuesDistribution(8, 512), 8), DistributionOf("layers", "{distribution: q_log_uniform_values, min: 8, max: 512, q: 8}"));

        // A normal distribution also draws what is no weight decay.
        static Distribution OfWeightDecay(string definition) => DistributionOf("weight_decay", definition + "\nskip: [weight_decay < 0]");
    }

    [Fact]
    public void A_grid_steps_through_q_uniform_without_its_max()
    {
        var plan = SweepPlan.Of(SweepFile.Parse("method: grid\nparameters: {dropout: {distribution: q_uniform, min: 0, max: 0.4, q: 0.1}, layers: {distribution: q_uniform, min: 2, max: 7, q: 2}}", "a.yaml"));
        Assert.Equal(12, plan.Configurations.Length);
        Assert.Equal(["0", "0.1", "0.2", "0.3"], plan.Configurations.Select(configuration => configuration.Parameters["dropout"].ToString()).Distinct());
        Assert.Equal([2L, 4, 6], plan.Configurations.Select(configuration => configuration.Parameters["layers"].AsLong!.Value).Distinct());
    }

    [Fact]
    public void Parsing_again_gives_the_same_plan()
    {
        const string Yaml = "method: random\nrun_cap: 4\nparameters: {dropout: {min: 0.0, max: 0.5}}";
        Assert.Equal(SweepPlan.Of(SweepFile.Parse(Yaml, "a.yaml")).Configurations, SweepPlan.Of(SweepFile.Parse(SweepFile.Parse(Yaml, "a.yaml").Yaml, "a.yaml")).Configurations);
    }

    private static ParameterValue ValueOf(string name, string value) =>
        Assert.IsType<ConstantDistribution>(DistributionOf(name, $"{{value: {value}}}")).Value;

    private static Distribution DistributionOf(string name, string definition) =>
        SweepFile.Parse($"method: random\nrun_cap: 2\nparameters:\n  {name}: {definition}\n", "a.yaml").Space.Parameters.Single().Distribution;
}
