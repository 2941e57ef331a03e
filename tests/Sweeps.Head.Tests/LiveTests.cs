using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Head.Live;

namespace Sweeps.Head.Tests;

/// <summary>Server-sent events over real HTTP.</summary>
public sealed class LiveTests : IAsyncLifetime
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

    [Fact(Timeout = 60_000)]
    public async Task A_client_hears_of_a_sweep_from_its_submission_to_its_end()
    {
        using var client = await Client.ConnectAsync(http);
        Assert.Equal("hello", (await client.NextAsync()).Event);
        var id = (await head.SubmitAsync(TestHome.Spec("\"<img src=x onerror=alert(1)> data: x\""))).SweepId;
        var created = await client.UntilAsync("event", data => (string)data["kind"]! == "sweep.created");
        Assert.Equal(id, (long)created.Data["sweep_id"]!);
        Assert.StartsWith("<img src=x", (string)created.Data["text"]!);
        Assert.Equal(created.Id, (long)created.Data["id"]!);
        await client.UntilAsync("machine", data => data["slots"]![0]!["work"] is not null);
        await client.UntilAsync("runs", data => data["runs"]!.AsArray().Any(run => (string)run!["state"]! == "completed"));
        await client.UntilAsync("sweep", data => (string)data["state"]! == "completed" && (int)data["runs_completed"]! == 4);
        Assert.Contains(client.Heard, message => message.Event == "points");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_point_arrives_once_it_is_stored_with_the_runs_that_it_belongs_to()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        using var client = await Client.ConnectAsync(http);
        await client.NextAsync();
        await PostAsync([new("val_loss", 35, double.NaN, 7, 1), new("train_loss", 35, 1.5, 7, 1)]);
        var points = (await client.UntilAsync("points", _ => true)).Data;
        Assert.True((bool)points["is_complete"]!);
        var point = points["points"]![0]!;
        Assert.Equal(("val_loss", 35, "NaN", 1), ((string)point["metric"]!, (int)point["step"]!, (string)point["value"]!, (int)point["sweep_id"]!));
        Assert.Contains(1, point["run_ids"]!.AsArray().Select(run => (int)run!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_very_many_points_the_newest_are_told_and_that_some_are_missing()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        using var client = await Client.ConnectAsync(http);
        await client.NextAsync();
        await PostAsync([.. Enumerable.Range(100, 5000).Select(step => new MetricPoint("train_loss", step, step, 1, 1))]);
        var points = (await client.UntilAsync("points", _ => true)).Data;
        Assert.False((bool)points["is_complete"]!);
        Assert.Equal(PendingPoints.MostOfAll + 1, points["points"]!.AsArray().Count);
        Assert.Equal(5099, (int)points["points"]!.AsArray()[^1]!["step"]!);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_cut_a_client_hears_what_it_missed_and_nothing_twice()
    {
        long last;
        using (var client = await Client.ConnectAsync(http))
        {
            await head.SubmitAsync(TestHome.Spec());
            last = (await client.UntilAsync("event", data => (string)data["kind"]! == "attempt.started")).Id!.Value;
        }
        await head.WaitAsync(1);
        using var again = await Client.ConnectAsync(http, last);
        await again.UntilAsync("points", data => !(bool)data["is_complete"]!);
        var missed = await head.Queries.EventsAsync(last);
        Assert.Equal(missed.Select(happened => happened.Id), again.Heard.Where(message => message.Event == "event").Select(message => message.Id!.Value));
        Assert.Equal("completed", (string)again.Heard.Last(message => message.Event == "sweep").Data["state"]!);
        Assert.Equal(4, again.Heard.Last(message => message.Event == "runs").Data["runs"]!.AsArray().Count);
        Assert.DoesNotContain(again.Heard, message => message.Event == "reset");
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("-1")]
    [InlineData("what")]
    public async Task An_id_that_is_not_known_leads_to_a_reset(string id)
    {
        using var client = await Client.ConnectAsync(http, id);
        var reset = await client.UntilAsync("reset", _ => true);
        Assert.Equal((await head.Queries.EventRangeAsync()).Newest, reset.Id);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_open_connection_does_not_keep_the_head_from_ending()
    {
        using var client = await Client.ConnectAsync(http);
        await client.NextAsync();
        await head.DisposeAsync();
        Assert.Null(await client.EndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_reads_nothing_keeps_nobody_waiting()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        using var silent = await Client.ConnectAsync(http);
        using var client = await Client.ConnectAsync(http);
        for (var batch = 1; batch <= 20; batch++)
        {
            await PostAsync([.. Enumerable.Range(batch * 1000, 1000).Select(step => new MetricPoint("train_loss", step, step, 1, 1))]);
            await client.UntilAsync("points", data => data["points"]!.AsArray().Any(point => (int)point!["step"]! == batch * 1000 + 999));
        }
    }

    [Fact]
    public void A_client_that_is_behind_loses_what_waited_and_is_told_to_load_everything()
    {
        var client = new LiveClient(() => 42);
        for (var i = 0; i <= LiveClient.Capacity; i++) client.Post(LiveMessage.Of("event", new LiveReset("x"), i));
        Assert.True(client.TryTake(out var first));
        Assert.StartsWith("id: 42\nevent: reset\n", Encoding.UTF8.GetString(first.Bytes.Span));
        Assert.False(client.TryTake(out _));
        client.Post(LiveMessage.Of("event", new LiveReset("after")));
        Assert.True(client.TryTake(out var next));
        Assert.Contains("after", Encoding.UTF8.GetString(next.Bytes.Span));
    }

    [Fact]
    public void No_text_can_end_its_message()
    {
        var lines = Encoding.UTF8.GetString(LiveMessage.Of("event", new LiveReset("a\n\ndata: b\r\nid: 7\u2028\u0085"), 3).Bytes.Span).Split('\n');
        Assert.Equal(["id: 3", "event: event"], lines[..2]);
        Assert.Equal(["", ""], lines[3..]);
        Assert.DoesNotContain('\r', lines[2]);
    }

    private async Task PostAsync(MetricPoint[] points)
    {
        var token = JsonSerializer.Deserialize<Assignment>(File.ReadAllText(home.Attempt("1-1", ".json")), Json.Options)!.Token;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/attempts/1-1/points") { Content = JsonContent.Create(new PointBatch(points), options: Json.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private sealed record Message(long? Id, string Event, JsonNode Data);

    /// <summary>Reads server-sent events as a browser does.</summary>
    private sealed class Client(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public List<Message> Heard { get; } = [];

        public static Task<Client> ConnectAsync(HttpClient http, long after) => ConnectAsync(http, after.ToString());

        public static async Task<Client> ConnectAsync(HttpClient http, string? after = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events");
            if (after is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", after);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            return new Client(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<Message> UntilAsync(string name, Func<JsonNode, bool> fits)
        {
            while (true)
            {
                var message = await NextAsync();
                if (message.Event == name && fits(message.Data)) return message;
            }
        }

        public async Task<Message> NextAsync() => await EndAsync() ?? throw new EndOfStreamException("The head has ended the stream.");

        /// <summary>The next message, or null at the end.</summary>
        public async Task<Message?> EndAsync()
        {
            var fields = new Dictionary<string, string>();
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.Length > 0)
                {
                    var colon = line.IndexOf(':');
                    if (colon > 0) fields[line[..colon]] = line[(colon + 2)..];
                }
                else if (fields.ContainsKey("data"))
                {
                    var message = new Message(fields.TryGetValue("id", out var id) ? long.Parse(id) : null, fields["event"], JsonNode.Parse(fields["data"])!);
                    Heard.Add(message);
                    return message;
                }
                else fields.Clear();
            }
            return null;
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
