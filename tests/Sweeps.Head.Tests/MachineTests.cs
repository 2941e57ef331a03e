using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sweeps.Core.Protocol;
using Sweeps.EndToEnd;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Machines that are to take no work, that are forgotten, and that cannot take what there is.</summary>
public sealed class MachineTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly TestHome home = TestHome.Create();

    public void Dispose() => home.Dispose();

    [Fact(Timeout = Limit)]
    public async Task A_machine_that_is_drained_finishes_what_it_has_and_takes_no_more_until_it_is_resumed_also_by_the_next_head()
    {
        home.Hold();
        var head = await home.StartHeadAloneAsync(TcpProxy.FixedPort());
        await using var agent = await home.StartAgentAsync("near", Url(head));
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        await home.UntilHeldAsync("1-1");
        Assert.Equal("when_done", (string)(await SendAsync(head, HttpMethod.Post, "near/drain"))["drain"]!);
        home.Release();
        await UntilAsync(async () => (await head.Queries.StageAsync(1))!.State == StageState.Completed);
        await head.DisposeAsync();

        await using var again = await home.StartHeadAloneAsync(head.Url.Port);
        var reports = again.Queries.MachinesAsync();
        Assert.Equal(Drain.WhenDone, Assert.Single(await reports).Drain);
        // It has reported to this head, and got nothing.
        await UntilAsync(async () => (bool)(await MachinesAsync(again))[0]!["is_alive"]!);
        Assert.Equal(StageState.Ready, (await again.Queries.StageAsync(2))!.State);
        await SendAsync(again, HttpMethod.Post, "near/resume");
        Assert.Equal(SweepState.Completed, (await again.WaitAsync(id)).Overview.Sweep.State);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_machine_executes_that_is_drained_at_once_goes_on_elsewhere_from_its_checkpoint()
    {
        home.Hold();
        await using var head = await home.StartHeadAloneAsync();
        await using var far = await home.StartAgentAsync("far", Url(head));
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        await home.UntilHeldAsync("1-1");
        await SendAsync(head, HttpMethod.Post, "far/drain?now=true");
        await UntilAsync(async () => (await head.Queries.AttemptAsync(1, 1))!.Outcome == AttemptOutcome.Stopped);
        home.Release();
        await using var near = await home.StartAgentAsync("near", Url(head));
        Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
        var second = (await head.Queries.AttemptsAsync(1))[1];
        Assert.Equal(("near", 30, AttemptOutcome.Completed), (second.MachineId, second.ResumedFrom, second.Outcome!.Value));
        Assert.Equal(0, (await head.Queries.StageAsync(1))!.MachineFailures);
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_is_forgotten_only_when_it_is_silent_and_is_known_again_when_it_comes_back()
    {
        await using var head = await home.StartHeadAloneAsync(lease: new LeaseOptions { Duration = TimeSpan.FromSeconds(1) });
        await using (var agent = await home.StartAgentAsync("near", Url(head)))
        {
            await UntilAsync(async () => (await MachinesAsync(head)).Count == 1);
            Assert.Contains("is alive", (string)(await SendAsync(head, HttpMethod.Delete, "near", HttpStatusCode.Conflict))["detail"]!);
        }
        await UntilAsync(async () => !(bool)(await MachinesAsync(head))[0]!["is_alive"]!);
        await SendAsync(head, HttpMethod.Delete, "near");
        Assert.Empty(await MachinesAsync(head));
        await SendAsync(head, HttpMethod.Delete, "near", HttpStatusCode.NotFound);
        await SendAsync(head, HttpMethod.Post, "near/drain", HttpStatusCode.NotFound);
        await using var back = await home.StartAgentAsync("near", Url(head));
        await UntilAsync(async () => (await MachinesAsync(head)).Count == 1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_sweep_that_no_machine_can_take_says_so_until_one_comes_that_can()
    {
        await using var head = await home.StartHeadAloneAsync();
        await using var cores = await home.StartAgentAsync("cores", Url(head), slots: 2);
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1, extra: "resources: {gpus: 0.5, memory: 8GiB}"))).SweepId;
        await UntilAsync(async () => (await head.Queries.FindSweepAsync(id))!.WaitsFor is not null);
        var why = (string)(await GetAsync(head, $"/api/sweeps/{id}"))["waits_for"]!;
        Assert.StartsWith("No machine can take its stages: each needs 0.5 GPU with 8 GiB, and there is cores (2 cpu with ", why);
        Assert.Equal(why, (await head.Queries.EventsAsync(sweepId: id)).Last(happened => happened.Kind == "sweep.unplaceable").Text);

        Slot gpu = new(0, "NVIDIA H200", 0, 1) { MemoryBytes = 141L << 30 };
        await using var far = await home.StartAgentAsync("gpus", Url(head), devices: [gpu]);
        Assert.Equal(SweepState.Completed, (await head.WaitAsync(id)).Overview.Sweep.State);
        Assert.Equal("gpus", Assert.Single((await head.Queries.AttemptsAsync(1)).Select(attempt => attempt.MachineId).Distinct()));
        Assert.Null((await GetAsync(head, $"/api/sweeps/{id}"))["waits_for"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Attempts_that_share_a_gpu_are_all_shown_on_it()
    {
        home.Hold();
        await using var head = await home.StartHeadAloneAsync();
        await head.SubmitAsync(TestHome.Spec(seeds: 1, extra: "resources: {gpus: 0.5}"));
        await using var far = await home.StartAgentAsync("gpus", Url(head), devices: [new(0, "NVIDIA H200", 0, 1)]);
        await home.UntilHeldAsync("1-1");
        await home.UntilHeldAsync("2-1");
        var work = (await MachinesAsync(head))[0]!["slots"]![0]!["work"]!.AsArray();
        Assert.Equal([(1L, 0.5), (2L, 0.5)], work.Select(one => ((long)one!["stage_id"]!, (double)one["share"]!)).Order());
        home.Release();
    }

    private static string Url(HeadHost head) => head.Url.GetLeftPart(UriPartial.Authority);

    private static async Task<JsonArray> MachinesAsync(HeadHost head) => (await GetAsync(head, "/api/machines"))["items"]!.AsArray();

    private static async Task<JsonNode> GetAsync(HeadHost head, string path)
    {
        using var http = new HttpClient { BaseAddress = head.Url };
        return (await http.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
    }

    private static async Task<JsonNode> SendAsync(HeadHost head, HttpMethod method, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var http = new HttpClient { BaseAddress = head.Url };
        using var response = await http.SendAsync(new HttpRequestMessage(method, "/api/machines/" + path), TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
