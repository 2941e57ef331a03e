using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Tests;

public abstract class PlanTests(TestServer server)
{
    [Fact]
    public async Task A_sweep_file_is_stored_with_its_configurations_runs_and_one_stage_for_each_run()
    {
        const string yaml =
            """
            name: planned
            description: Does it matter?
            method: grid
            metric: {name: val_loss, goal: minimize, target: 1.5}
            parameters:
              heads: {values: [1, 2, 4]}
              steps: {value: 200}
              warmup_steps: {value: 10}
              decay_steps: {value: 200}
              data: {value: grammar}
            seeds: 2
            baseline: {heads: 2}
            priority: 70
            retries: {user: 3, oom: 4, machine: 6}
            """;
        var spec = SweepFile.Parse(yaml, "planned.yaml");
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));

        var overview = (await store.Queries.SweepAsync(id))!;
        var sweep = overview.Sweep;
        Assert.Equal(("planned", "Does it matter?", "gpt", "val_loss", 1.5, 70), (sweep.Name, sweep.Description, sweep.Program, sweep.Metric, sweep.Target, sweep.Priority));
        Assert.Equal((3, 4, 6), (sweep.UserRetries, sweep.MemoryRetries, sweep.MachineRetries));
        Assert.Equal(yaml, sweep.FileText);
        Assert.Equal((3, 6, 1200L, 1200L), (overview.Configurations, overview.Runs, overview.StepsPlanned, overview.StepsWithoutSharing));
        var configurations = await store.Queries.ConfigurationsAsync(id);
        Assert.Equal([("heads=1", false), ("heads=2", true), ("heads=4", false)], configurations.Select(configuration => (configuration.Label, configuration.IsBaseline)));
        Assert.Equal(SweepPlan.Of(spec).Configurations[2].Parameters, configurations[2].Parameters);
        var stages = await store.Queries.StagesAsync(id);
        Assert.Equal([(1L, 1), (2, 1), (4, 1), (1, 2), (2, 2), (4, 2)], stages.Select(stage => (stage.Parameters["heads"].AsLong!.Value, stage.Seed)));
        Assert.All(stages, stage => Assert.Equal((StageState.Ready, 0, 200), (stage.State, stage.FromStep, stage.ToStep)));
        Assert.Equal(id, (await store.Queries.FindUnfinishedAsync(spec.Yaml))!.Id);
    }
}

public sealed class PlanSqliteTests() : PlanTests(TestServer.File);

public sealed class PlanPostgresTests(PostgresTestServer server) : PlanTests(server);
