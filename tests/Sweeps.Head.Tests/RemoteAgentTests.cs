using Sweeps.Core.Protocol;
using Sweeps.EndToEnd;
using Sweeps.Orchestration.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Agents that reach the head over a network which is cut for real.</summary>
public sealed class RemoteAgentTests
{
    private const int Limit = 120_000;

    private static readonly LeaseOptions Short = new() { Duration = TimeSpan.FromSeconds(2) };

    [Theory(Timeout = Limit)]
    [InlineData(Network.Refusing)]
    [InlineData(Network.Silent)]
    internal async Task A_worker_that_is_alive_after_a_cut_longer_than_the_lease_simply_goes_on(Network cut)
    {
        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartHeadAloneAsync(lease: Short);
        using var network = new TcpProxy(head.Url.Port);
        await using var agent = await home.StartAgentAsync("far", network.Url);
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        await home.UntilHeldAsync("1-1");
        network.Network = cut;
        await UntilAsync(async () => (await head.Queries.AttemptAsync(1, 1))!.Outcome == AttemptOutcome.Lost);
        Assert.Equal((StageState.Ready, 1), await StageAsync(head));
        home.Release(); // it goes on without the head, too
        network.Network = Network.Open;
        Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
        Assert.Equal(AttemptOutcome.Completed, Assert.Single(await head.Queries.AttemptsAsync(1)).Outcome);
        Assert.Equal((StageState.Completed, 0), await StageAsync(head));
    }

    [Fact(Timeout = Limit)]
    public async Task A_worker_that_comes_back_after_another_machine_has_begun_is_fenced_and_the_numbers_are_the_same()
    {
        using var calm = TestHome.Create();
        await using (var undisturbed = await calm.StartAsync()) await undisturbed.WaitAsync((await undisturbed.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId);

        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartHeadAloneAsync(lease: Short);
        using var network = new TcpProxy(head.Url.Port);
        await using var far = await home.StartAgentAsync("far", network.Url);
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        await home.UntilHeldAsync("1-1");
        network.Network = Network.Refusing;
        await UntilAsync(async () => (await head.Queries.AttemptAsync(1, 1))!.Outcome == AttemptOutcome.Lost);
        await using var near = await home.StartAgentAsync("near", Url(head));
        await home.UntilHeldAsync("1-2");
        network.Network = Network.Open;
        // Its slot is free again when its worker is gone, and only then it takes the other stage.
        await TestHome.UntilAsync(() => !File.Exists(home.Attempt("1-1", ".pid", "far")));
        home.Release();
        Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
        var attempts = await head.Queries.AttemptsAsync(1);
        Assert.Equal(("far", AttemptOutcome.Lost), (attempts[0].MachineId, attempts[0].Outcome!.Value));
        Assert.Equal(AttemptOutcome.Completed, attempts[^1].Outcome);
        Assert.Equal(calm.Points(), home.Points());
    }

    [Fact(Timeout = Limit)]
    public async Task A_head_that_begins_anew_finds_agents_and_workers_at_work_and_counts_nothing_as_lost()
    {
        using var home = TestHome.Create();
        home.Hold();
        var head = await home.StartHeadAloneAsync(TcpProxy.FixedPort());
        await using var agent = await home.StartAgentAsync("far", Url(head));
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        await home.UntilHeldAsync("1-1");
        await head.DisposeAsync();
        home.Release(); // the worker has points and checkpoints for a head that is not there
        await using var again = await home.StartHeadAloneAsync(head.Url.Port);
        Assert.Equal(SweepState.Completed, (await again.WaitAsync(id)).Overview.Sweep.State);
        foreach (var stage in await again.Queries.StagesAsync(id)) Assert.Equal(AttemptOutcome.Completed, Assert.Single(await again.Queries.AttemptsAsync(stage.Id)).Outcome);
    }

    [Fact(Timeout = Limit)]
    public async Task What_workers_print_on_a_machine_that_does_not_see_the_heads_logs_can_be_read_at_the_head_though_the_network_is_cut()
    {
        using var home = TestHome.Create();
        using var there = TestHome.Create();
        File.WriteAllText(there.Worker, """
            #!/bin/bash
            echo begins; while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.02; done; echo goes on; echo ends; exit 12
            """);
        await using var head = await home.StartHeadAloneAsync();
        using var network = new TcpProxy(head.Url.Port);
        await using var agent = await there.StartAgentAsync("far", network.Url);
        await head.SubmitAsync(TestHome.Spec(seeds: 1, extra: "retries: {user: 0}"));
        var log = home.Path("logs", "1-1.log");
        await TestHome.UntilAsync(() => File.Exists(log) && File.ReadAllText(log) == "begins\n");
        network.Network = Network.Refusing;
        File.WriteAllText(there.Path("go"), "");
        await TestHome.UntilAsync(() => File.ReadAllText(there.Path("logs", "1-1.log")).EndsWith("ends\n", StringComparison.Ordinal));
        network.Network = Network.Open;
        await TestHome.UntilAsync(() => File.ReadAllText(log) == "begins\ngoes on\nends\n");
    }

    [Fact(Timeout = Limit)]
    public async Task Of_two_sweeps_the_one_of_higher_priority_goes_first()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartHeadAloneAsync();
        var low = (await head.SubmitAsync(TestHome.Spec("low", extra: "priority: 20"))).SweepId;
        var high = (await head.SubmitAsync(TestHome.Spec("high", extra: "priority: 80"))).SweepId;
        await using var agent = await home.StartAgentAsync("near", Url(head), slots: 2);
        await head.WaitAsync(low);
        Assert.Equal([high, high, high, high, low, low, low, low], await BegunAsync(head));
    }

    [Fact(Timeout = Limit)]
    public async Task Two_sweeps_of_equal_priority_share_the_slots()
    {
        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartHeadAloneAsync();
        var first = (await head.SubmitAsync(TestHome.Spec("first"))).SweepId;
        var second = (await head.SubmitAsync(TestHome.Spec("second"))).SweepId;
        await using var agent = await home.StartAgentAsync("near", Url(head), slots: 4);
        await home.UntilHeldAsync("1-1"); // all four were claimed at once
        Assert.Equal([first, second, first, second], await BegunAsync(head));
        home.Release();
        await head.WaitAsync(first);
        await head.WaitAsync(second);
    }

    [Theory(Timeout = Limit)]
    [InlineData("retries: {machine: 0}", 1)]
    [InlineData("retries: {machine: 2}", 3)]
    public async Task A_sweep_file_says_how_often_a_stage_is_tried_again(string retries, int attempts)
    {
        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartHeadAloneAsync();
        await using var agent = await home.StartAgentAsync("near", Url(head));
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1, extra: retries))).SweepId;
        for (var number = 1; number <= attempts; number++)
        {
            await home.UntilHeldAsync($"1-{number}");
            System.Diagnostics.Process.GetProcessById(home.PidOf($"1-{number}", "near")).Kill();
        }
        await home.UntilHeldAsync("2-1");
        home.Release();
        var end = await head.WaitAsync(id);
        Assert.Equal([RunState.Failed, RunState.Completed], end.Runs.Select(run => run.State));
        Assert.Equal(attempts, (await head.Queries.AttemptsAsync(1)).Count);
        Assert.Contains("SIGKILL", end.Runs[0].Error);
    }

    private static string Url(HeadHost head) => head.Url.GetLeftPart(UriPartial.Authority);

    private static async Task<(StageState, int)> StageAsync(HeadHost head)
    {
        var stage = (await head.Queries.StageAsync(1))!;
        return (stage.State, stage.MachineFailures);
    }

    /// <summary>The sweeps of the attempts in the order in which these began.</summary>
    private static async Task<IEnumerable<long>> BegunAsync(HeadHost head) =>
        (await head.Queries.EventsAsync()).Where(happened => happened.Kind == "attempt.started").Select(happened => happened.SweepId!.Value);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
