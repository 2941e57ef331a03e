using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Core.Search;
using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Search;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Sweeps.Orchestration.Tests;

/// <summary>Grains over a real database, and a clock that the test turns.</summary>
internal sealed class TestHead : IAsyncDisposable
{
    private readonly IHost host;
    private long reports;

    private TestHead(ResultsStore store, IHost host, TestClock clock)
    {
        Store = store;
        this.host = host;
        Clock = clock;
    }

    public ResultsStore Store { get; }

    public TestClock Clock { get; }

    public IQueueGrain Queue => Grains.GetGrain<IQueueGrain>(IQueueGrain.Key);

    private IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public static Task<TestHead> StartAsync(string database) => StartAsync(database, new TestClock());

    /// <summary>With a clock that outlives the head.</summary>
    public static async Task<TestHead> StartAsync(string database, TestClock clock)
    {
        var store = await ResultsStore.OpenAsync(database);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(new LeaseOptions());
        builder.Services.AddSingleton<IEarlierStages>(new NoEarlierStages());
        builder.UseOrleans(silo => silo.UseLocalhostClustering().UseInMemoryReminderService());
        var host = builder.Build();
        await host.StartAsync();
        return new TestHead(store, host, clock);
    }

    public static NewSweep Plan(int runs, int steps = 10, string name = "test") => new()
    {
        Name = name, FileText = "name: " + name, Metric = "val_loss",
        Growth = new SweepGrowth
        {
            Configurations = [.. Enumerable.Range(0, runs).Select(i => new NewConfiguration($"heads={i}", Heads(i)))],
            Stages = [.. Enumerable.Range(0, runs).Select(i => new NewStage(null, Heads(i), 1, 0, steps))],
            Runs = [.. Enumerable.Range(0, runs).Select(i => new NewRun(i, 1, [i]))],
        },
    };

    /// <summary>A sweep of a file, with its first configurations.</summary>
    public Task<long> SubmitAsync(string yaml)
    {
        var spec = SweepFile.Parse(yaml, "test.yaml");
        return Store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
    }

    public ISweepGrain Sweep(long id) => Grains.GetGrain<ISweepGrain>(id);

    public INightlyGrain Job(string name) => Grains.GetGrain<INightlyGrain>(name);

    public IMachineGrain Machine(string id = "here") => Grains.GetGrain<IMachineGrain>(id);

    public Task<MachineOrders> SyncAsync(int[]? free = null, AttemptKey[]? running = null, WorkerEnding[]? ended = null, string machine = "here", IEnumerable<Slot>? slots = null) =>
        Machine(machine).Sync(new MachineReport(JsonSerializer.Serialize(slots ?? [], Json.Options), free ?? [], running ?? [], ended ?? [], "life", ++reports));

    /// <summary>What a worker does at a step: one value of the metric.</summary>
    public Task MeasureAsync(StageOrder order, long step, double loss) =>
        Store.RecordPointsAsync(order.StageId, order.Number, [new MetricPoint("val_loss", step, loss, step, step)]);

    /// <summary>What a worker does that reaches the end of its stage.</summary>
    public async Task CompleteAsync(StageOrder order)
    {
        await Store.RecordCheckpointAsync(order.StageId, order.Number, new CheckpointNotice(order.ToStep, $"checkpoint-{order.StageId}", "00", 1));
        var stage = (await Store.Queries.StageAsync(order.StageId))!;
        Assert.True(await Sweep(stage.SweepId).AttemptEnded(new AttemptEnding(order.StageId, order.Number, AttemptOutcome.Completed, order.ToStep, null)));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await Store.DisposeAsync();
    }

    private static Dictionary<string, ParameterValue> Heads(long heads) => new() { ["heads"] = ParameterValue.Of(heads) };

    private sealed class NoEarlierStages : IEarlierStages
    {
        public Task<StoredStages> FindAsync(SweepSpec spec) => Task.FromResult(StoredStages.None);
    }
}
