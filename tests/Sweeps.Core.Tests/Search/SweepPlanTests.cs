using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Search;

public sealed class SweepPlanTests
{
    private const string Untie = """
        name: untie-timing
        method: grid
        metric: {name: val_loss, goal: minimize, target: 1.70}
        parameters:
          untie_at: {values: [never, 2/3]}
          heads: {values: [1, 2, 4]}
          steps: {value: 300}
          data: {value: grammar}
        seeds: 2
        """;

    [Fact]
    public void A_grid_sorts_the_names_and_varies_the_last_fastest()
    {
        var plan = Plan(Untie);
        Assert.Equal(
            ["heads=1 untie_at=never", "heads=1 untie_at=2/3", "heads=2 untie_at=never", "heads=2 untie_at=2/3", "heads=4 untie_at=never", "heads=4 untie_at=2/3"],
            plan.Configurations.Select(configuration => configuration.Label));
        Assert.Equal(Enumerable.Range(0, 6), plan.Configurations.Select(configuration => configuration.Index));
    }

    [Fact]
    public void Names_are_sorted_at_each_level()
    {
        // A dot sorts before an underscore; levels must not be compared as one text.
        var space = new SearchSpace(new[] { "steps", "optimizer.beta2", "optimizer.beta1", "model.width", "heads", "a_b", "a.c" }
            .Select(name => new SearchParameter(name, new ConstantDistribution(ParameterValue.Null))));
        Assert.Equal(["a.c", "a_b", "heads", "model.width", "optimizer.beta1", "optimizer.beta2", "steps"], space.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Every_configuration_is_run_with_every_seed()
    {
        var plan = Plan(Untie);
        Assert.Equal(12, plan.Runs.Length);
        Assert.Equal(12, plan.Runs.Select(run => (run.ConfigurationIndex, run.Seed)).Distinct().Count());
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], plan.Runs.Select(run => run.Seed));
        Assert.Equal(12 * 300, plan.TotalSteps);
    }

    [Fact]
    public void Each_run_has_the_steps_of_its_configuration()
    {
        var plan = Plan("method: grid\nparameters: {steps: {values: [10, 30]}}\nseeds: 2\n");
        Assert.Equal([10, 30, 10, 30], plan.Runs.Select(run => run.Steps));
        Assert.Equal(80, plan.TotalSteps);
        Assert.Equal(2000, Plan("method: grid\nparameters: {heads: {value: 2}}\n").TotalSteps);
    }

    [Fact]
    public void Without_a_baseline_it_is_the_first_configuration_and_the_plan_says_so()
    {
        var plan = Plan(Untie);
        Assert.Equal((0, false), (plan.BaselineIndex, plan.BaselineIsGiven));
        Assert.Equal("The sweep file names no baseline; compared with its first configuration, heads=1 untie_at=never.", plan.BaselineRemark);
    }

    [Fact]
    public void A_baseline_names_what_varies_and_may_leave_out_constants()
    {
        var plan = Plan(Untie + "\nbaseline: {heads: 2, untie_at: never}");
        Assert.Equal((2, true), (plan.BaselineIndex, plan.BaselineIsGiven));
        Assert.Equal("heads=2 untie_at=never", plan.Baseline.Label);
        Assert.Equal(2, Plan(Untie + "\nbaseline: {heads: 2.0, untie_at: never, data: grammar}").BaselineIndex);
    }

    [Fact]
    public void A_baseline_that_leaves_open_what_varies_is_one_for_each_of_its_values()
    {
        var plan = Plan("method: grid\nparameters: {heads: {values: [1, 2, 4]}, width: {values: [32, 64]}, untie_at: {values: [never, 0.5]}}\nbaseline: {heads: 2, untie_at: never}\n");
        Assert.Equal("Each is compared with the baseline that has its width.", plan.BaselineRemark);
        Assert.All(plan.Configurations, one =>
        {
            var reference = plan.Configurations[plan.References[one.Index]];
            Assert.Equal($"heads=2 untie_at=never width={one.Parameters["width"]}", reference.Label);
            Assert.Equal(reference.Index == one.Index, plan.IsBaseline(one.Index));
        });
        Assert.Equal(2, plan.References.Distinct().Count());
        Assert.Equal(plan.References[0], plan.BaselineIndex);
    }

    [Fact]
    public void A_parameter_that_baselines_do_not_have_does_not_matter_for_who_is_compared_with_them()
    {
        var plan = Plan("method: grid\nparameters: {heads: {values: [1, 2]}, head_kind: {values: [causal, linear]}, width: {values: [32, 64]}}\n"
            + "when: {head_kind: {parameter: heads, in: [2]}}\nbaseline: {heads: 1}\n");
        Assert.Equal(6, plan.Configurations.Length);
        Assert.Equal("Each is compared with the baseline that has its width.", plan.BaselineRemark);
        Assert.All(plan.Configurations, one => Assert.Equal($"heads=1 width={one.Parameters["width"]}", plan.Configurations[plan.References[one.Index]].Label));
    }

    [Fact]
    public void The_same_point_has_the_same_hash_however_its_numbers_were_written()
    {
        var one = Plan("method: grid\nparameters: {learning_rate: {value: 0.001}, heads: {value: 3.0}}").Configurations[0];
        var two = Plan("method: grid\nparameters: {heads: {value: 3}, learning_rate: {value: 1e-3}}").Configurations[0];
        Assert.Equal("{\"heads\":3,\"learning_rate\":0.001}", one.CanonicalJson);
        Assert.Equal(one.Hash, two.Hash);
        Assert.Equal(64, one.Hash.Length);
        Assert.NotEqual(one.Hash, Plan("method: grid\nparameters: {heads: {value: 3}}").Configurations[0].Hash);
    }

    [Fact]
    public void A_label_leaves_the_group_out_where_that_is_clear_and_says_when_nothing_varies()
    {
        var plan = Plan("method: grid\nparameters: {optimizer: {parameters: {learning_rate: {values: [1e-3, 2e-3]}}}, heads: {value: 2}}");
        Assert.Equal(["learning_rate=0.001", "learning_rate=0.002"], plan.Configurations.Select(configuration => configuration.Label));
        Assert.Equal(["heads", "optimizer.learning_rate"], plan.Configurations[0].Parameters.Keys);
        Assert.Equal("(only one)", Plan("method: grid\nparameters: {heads: {value: 2}}").Configurations[0].Label);
    }

    [Fact]
    public void Run_cap_takes_the_first_configurations_of_a_grid() =>
        Assert.Equal(["heads=1 untie_at=never", "heads=1 untie_at=2/3"], Plan(Untie + "\nrun_cap: 2").Configurations.Select(configuration => configuration.Label));

    [Fact]
    public void Random_search_gives_the_same_different_configurations_each_time()
    {
        const string File = """
            method: random
            run_cap: 20
            parameters:
              learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}
              dropout: {min: 0.0, max: 0.5}
              layers: {min: 1, max: 6}
              heads: {values: [1, 2]}
            """;
        var plan = Plan(File);
        Assert.Equal(20, plan.Configurations.Length);
        Assert.Equal(20, plan.Configurations.Select(configuration => configuration.Hash).Distinct().Count());
        Assert.Equal(plan.Configurations, Plan(File).Configurations);
        Assert.All(plan.Configurations, configuration =>
        {
            Assert.InRange(configuration.Parameters["learning_rate"].AsDouble!.Value, 1e-4, 1e-2);
            Assert.InRange(configuration.Parameters["dropout"].AsDouble!.Value, 0, 0.5);
            Assert.InRange(configuration.Parameters["layers"].AsLong!.Value, 1, 6);
        });
    }

    [Fact]
    public void Random_search_puts_a_given_baseline_first()
    {
        var plan = Plan("method: random\nrun_cap: 5\nparameters: {dropout: {min: 0.0, max: 0.5}, steps: {value: 10}}\nbaseline: {dropout: 0.25}");
        Assert.Equal((0, 5), (plan.BaselineIndex, plan.Configurations.Length));
        Assert.Equal(0.25, plan.Baseline.Parameters["dropout"].AsDouble);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(50)]
    public void Random_search_of_a_small_space_ends_when_it_has_all_of_it(int cap)
    {
        var plan = Plan($"method: random\nrun_cap: {cap}\nparameters: {{heads: {{values: [1, 2, 4, 8, 16]}}}}\nbaseline: {{heads: 8}}");
        Assert.Equal(Math.Min(cap, 5), plan.Configurations.Select(configuration => configuration.Hash).Distinct().Count());
        Assert.Equal(8, plan.Configurations[0].Parameters["heads"].AsLong);
    }

    private static SweepPlan Plan(string yaml) => SweepPlan.Of(SweepFile.Parse(yaml, "sweep.yaml"));
}
