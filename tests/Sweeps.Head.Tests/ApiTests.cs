using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>The API over real HTTP.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly TestHome home = TestHome.Create();
    private HeadHost head = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        head = await home.StartAsync(slots: 1);
        http = new HttpClient { BaseAddress = head.Url };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        home.Release();
        await head.DisposeAsync();
        home.Dispose();
    }

    [Fact]
    public async Task The_head_listens_on_the_loopback_interface_and_says_that_it_is_well()
    {
        Assert.Equal("127.0.0.1", head.Url.Host);
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task A_posted_sweep_of_a_program_needs_the_directory_in_which_it_is_started()
    {
        const string Yaml = "program: train.py\nmethod: grid\nparameters: {x: {value: 1}}\n";
        foreach (var query in new[] { "", "?directory=here" })
        {
            var refused = await http.PostAsync("/api/sweeps" + query, new StringContent(Yaml, Encoding.UTF8, "application/yaml"));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("give that as ?directory=/full/path", await refused.Content.ReadAsStringAsync());
        }
        var taken = await http.PostAsync("/api/sweeps?directory=/some/../where", new StringContent(Yaml, Encoding.UTF8, "application/yaml"));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        var sweep = JsonNode.Parse(await taken.Content.ReadAsStringAsync())!;
        Assert.Equal((1, null), ((int)sweep["runs"]!, sweep["steps_planned"]));
        Assert.Equal("/where", CommandText.Read((await head.Queries.FindSweepAsync(1))!.CommandJson)!.Directory);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_posted_sweep_is_trained_and_its_results_can_be_read()
    {
        var response = await http.PostAsync("/api/sweeps", new StringContent(TestHome.Yaml(), Encoding.UTF8, "application/yaml"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/api/sweeps/1", response.Headers.Location!.ToString());
        await head.WaitAsync(1);

        var sweep = await GetAsync("/api/sweeps/1");
        Assert.Equal(("script", "completed", 4, 240), ((string)sweep["name"]!, (string)sweep["state"]!, (int)sweep["runs_completed"]!, (int)sweep["steps_done"]!));
        Assert.Equal(1, (int)(await GetAsync("/api/sweeps"))["items"]!.AsArray().Single()!["id"]!);
        var configurations = (await GetAsync("/api/sweeps/1/configurations"))["items"]!.AsArray();
        Assert.Equal([1, 2], configurations.Select(configuration => (int)configuration!["parameters"]!["heads"]!));
        Assert.Equal([true, false], configurations.Select(configuration => (bool)configuration!["is_baseline"]!));
        var runs = (await GetAsync("/api/sweeps/1/runs"))["items"]!.AsArray();
        Assert.Equal([4.401, 4.402, 4.401, 4.402], runs.Select(run => (double)run!["last"]!));
        var curves = (await GetAsync("/api/sweeps/1/curves"))["curves"]!.AsArray();
        Assert.Equal([10, 20, 30, 40, 50, 60], curves[0]!["x"]!.AsArray().Select(step => (int)step!));
        Assert.Empty((await GetAsync("/api/sweeps/1/curves?metric=unknown"))["curves"]!.AsArray());
        var verdict = await GetAsync("/api/sweeps/1/verdict");
        Assert.NotEmpty((string)verdict["verdict"]!);
        Assert.Equal(2, verdict["summary"]!["configurations"]!.AsArray().Count);
    }

    [Fact]
    public async Task All_errors_of_a_sweep_file_are_reported_at_once()
    {
        var yaml = TestHome.Yaml().Replace("heads: {values: [1, 2]}", "haeds: {values: [1, 2]}").Replace("seeds: 2", "seeds: 0");
        var response = await http.PostAsync("/api/sweeps?name=mine.yaml", new StringContent(yaml));
        var errors = (await ProblemAsync(response, HttpStatusCode.BadRequest))["errors"]!.AsArray().Select(error => (string)error!).ToArray();
        Assert.Contains(errors, error => error.Contains("mine.yaml") && error.Contains("haeds"));
        Assert.Contains(errors, error => error.Contains("seeds"));
        Assert.Equal(0, (int)(await GetAsync("/api/sweeps"))["total"]!);
    }

    [Theory]
    [InlineData("/api/sweeps/7")]
    [InlineData("/api/sweeps/7/runs")]
    [InlineData("/api/sweeps/7/configurations")]
    [InlineData("/api/sweeps/7/curves")]
    [InlineData("/api/sweeps/7/verdict")]
    [InlineData("/api/nothing")]
    public async Task What_is_not_there_is_a_problem_document(string path) =>
        await ProblemAsync(await http.GetAsync(path), HttpStatusCode.NotFound);

    [Fact(Timeout = 60_000)]
    public async Task Only_the_attempts_own_token_may_write_to_it()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        var before = home.Points();
        var tries = 0;
        foreach (var (attempt, token) in new[] { ("1-1", "wrong"), ("1-1", ""), ("1-2", Token("1-1")), ("2-1", Token("1-1")), ("x", Token("1-1")), ("1-1", (string?)null) })
        {
            foreach (var what in new[] { "points", "checkpoint", "finish", "logs" })
                await ProblemAsync(await PostAsync(attempt, what, token, Body(what)), tries++ < Access.FailedTries.Most ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
        }
        Assert.Equal(before, home.Points());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("1-1", "points", Token("1-1"), Body("points"))).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fenced_attempt_is_refused_with_409()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        var old = Token("1-1");
        System.Diagnostics.Process.GetProcessById(home.PidOf("1-1")).Kill();
        await home.UntilHeldAsync("1-2");
        foreach (var what in new[] { "points", "checkpoint", "finish" })
            await ProblemAsync(await PostAsync("1-1", what, old, Body(what)), HttpStatusCode.Conflict);
        Assert.Equal(AttemptOutcome.Lost, (await head.Queries.AttemptAsync(1, 1))!.Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_end_that_is_told_again_is_answered_like_the_first()
    {
        home.Hold();
        var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
        await home.UntilHeldAsync("1-1");
        var token = Token("1-1");
        for (var i = 0; i < 2; i++)
        {
            var response = await PostAsync("1-1", "finish", token, new AttemptFinish(AttemptOutcome.UserError, 30, "no data"));
            Assert.False((await response.Content.ReadFromJsonAsync<AttemptReply>(Json.Options))!.Continue);
        }
        await ProblemAsync(await PostAsync("1-1", "finish", token, new AttemptFinish(AttemptOutcome.Completed, 60)), HttpStatusCode.Conflict);
        Assert.Equal(1, (await head.Queries.StageAsync(1))!.UserFailures);
        await head.CancelSweepAsync(id);
    }

    [Fact(Timeout = 60_000)]
    public async Task Completion_without_a_checkpoint_is_refused_with_a_sentence()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        var response = await PostAsync("1-1", "finish", Token("1-1"), new AttemptFinish(AttemptOutcome.Completed, 60));
        Assert.Contains("no checkpoint at step 60", (string)(await ProblemAsync(response, HttpStatusCode.UnprocessableEntity))["detail"]!);
        Assert.Equal(StageState.Running, (await head.Queries.StageAsync(1))!.State);
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_of_a_log_are_appended_and_diverged_losses_arrive()
    {
        home.Hold();
        var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
        await home.UntilHeldAsync("1-1");
        // What comes again, in whole or in part, is there once; what comes after a gap is asked for again.
        var (log, known) = (home.Path("logs", "1-1.log"), new FileInfo(home.Path("logs", "1-1.log")).Length);
        foreach (var (offset, text, bytes) in new[] { (known, "hel", 3), (known, "hel", 3), (known + 1, "ello\n", 6), (known + 9, "late", 6) })
        {
            var response = await PostAsync("1-1", $"logs?offset={offset}", Token("1-1"), text);
            Assert.Equal(known + bytes, (await response.Content.ReadFromJsonAsync<LogReceipt>(Json.Options))!.Bytes);
        }
        Assert.EndsWith("hello\n", File.ReadAllText(log));
        await PostAsync("1-1", "points", Token("1-1"), new PointBatch([new("val_loss", 31, double.PositiveInfinity, 1, 1)]));
        Assert.Equal("Infinity", (string)(await GetAsync($"/api/sweeps/{id}/runs"))["items"]![0]!["last"]!);
        await PostAsync("1-1", "points", Token("1-1"), new PointBatch([new("train_loss", 5, double.NaN, 1, 1), new("train_loss", 6, double.PositiveInfinity, 1, 1)]));
        var curve = (await GetAsync($"/api/sweeps/{id}/curves?metric=train_loss&by=run"))["curves"]![0]!;
        Assert.Equal(["NaN", "Infinity"], curve["y"]!.AsArray().Select(value => (string)value!));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sweep_is_paused_resumed_and_cancelled_and_nothing_more_after_its_end()
    {
        home.Hold();
        var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
        await home.UntilHeldAsync("1-1");
        Assert.Equal("paused", await CommandAsync("pause"));
        await head.WaitAsync(id);
        Assert.Equal((AttemptOutcome.Stopped, 30), ((await head.Queries.AttemptAsync(1, 1))!.Outcome, (await head.Queries.StageAsync(1))!.StepsDone));
        Assert.Equal("paused", await CommandAsync("pause"));
        Assert.Equal("running", await CommandAsync("resume"));
        await TestHome.UntilAsync(() => head.Queries.RunningStagesAsync(id).Result.Count == 1);
        Assert.Equal("cancelled", await CommandAsync("cancel"));
        await head.WaitAsync(id);
        foreach (var command in new[] { "pause", "resume", "stop", "cancel" })
        {
            var problem = await ProblemAsync(await http.PostAsync($"/api/sweeps/{id}/{command}", null), HttpStatusCode.Conflict);
            Assert.Equal($"Sweep script (1) has ended (cancelled): there is nothing to {command}.", (string)problem["detail"]!);
            await ProblemAsync(await http.PostAsync($"/api/sweeps/7/{command}", null), HttpStatusCode.NotFound);
        }

        async Task<string> CommandAsync(string command)
        {
            var response = await http.PostAsync($"/api/sweeps/{id}/{command}", null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["state"]!;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stopping_sweep_finishes_what_has_begun_and_is_judged()
    {
        home.Hold();
        var id = (await head.SubmitAsync(TestHome.Spec())).SweepId;
        await home.UntilHeldAsync("1-1");
        var view = JsonNode.Parse(await (await http.PostAsync($"/api/sweeps/{id}/stop", null)).Content.ReadAsStringAsync())!;
        Assert.Equal(("running", true), ((string)view["state"]!, (bool)view["is_stopping"]!));
        home.Release();
        var end = await head.WaitAsync(id);
        Assert.Equal([RunState.Completed, RunState.Cancelled, RunState.Cancelled, RunState.Cancelled], end.Runs.Select(run => run.State));
        Assert.Equal(SweepState.Completed, end.Overview.Sweep.State);
        await TestHome.UntilAsync(() => head.Queries.FindSweepAsync(id).Result!.Verdict is not null);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("..")]
    [InlineData(".hidden")]
    public async Task Machines_have_names_that_files_can_have(string name)
    {
        var response = await http.PostAsync($"/api/machines/{name}/sync", JsonContent.Create(new Orchestration.Grains.MachineReport("[]", [], [], [], "life", 1), options: Json.Options));
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound);
        Assert.DoesNotContain(await head.Queries.MachinesAsync(), machine => machine.Id != Environment.MachineName);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_a_bad_request() => await ProblemAsync(
        await http.PostAsync("/api/attempts/1-1/points", new StringContent("{", Encoding.UTF8, "application/json")), HttpStatusCode.BadRequest);

    [Fact]
    public async Task Pages_of_other_origins_and_other_names_of_the_host_are_not_served()
    {
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/sweeps") { Content = new StringContent(TestHome.Yaml()) };
        foreign.Headers.Add("Origin", "https://example.org");
        await ProblemAsync(await http.SendAsync(foreign), HttpStatusCode.Forbidden);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/sweeps");
        rebound.Headers.Host = "example.org";
        Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(rebound)).StatusCode);
        using var own = new HttpRequestMessage(HttpMethod.Get, "/api/sweeps");
        own.Headers.Add("Origin", head.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal(0, (int)JsonNode.Parse(await (await http.SendAsync(own)).Content.ReadAsStringAsync())!["total"]!);
    }

    private static object Body(string what) => what switch
    {
        "points" => new PointBatch([new("val_loss", 35, 1, 1, 1)]),
        "checkpoint" => new CheckpointNotice(35, "/nowhere", "00", 1),
        "finish" => new AttemptFinish(AttemptOutcome.Stopped, 35),
        _ => "a line\n",
    };

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private string Token(string attempt) => JsonSerializer.Deserialize<Assignment>(File.ReadAllText(home.Attempt(attempt, ".json")), Json.Options)!.Token;

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> PostAsync(string attempt, string what, string? token, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/attempts/{attempt}/{what}");
        request.Content = body is string text ? new StringContent(text) : JsonContent.Create(body, body.GetType(), options: Json.Options);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }
}
