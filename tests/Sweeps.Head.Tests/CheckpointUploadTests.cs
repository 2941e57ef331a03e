using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;

namespace Sweeps.Head.Tests;

/// <summary>Checkpoints that come to the head and go from it over HTTP.</summary>
public sealed class CheckpointUploadTests : IAsyncLifetime
{
    // More than any other body may have.
    private const int Large = (64 << 20) + 1000;

    private readonly TestHome home = TestHome.Create();
    private HeadHost head = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        home.Hold();
        head = await HeadHost.StartAsync(new HeadOptions
        {
            Home = home.FullName, DataDirectory = home.Path("data"), Worker = home.Worker, Slots = SlotDetection.Detect(1), UploadLimit = Large,
        });
        http = new HttpClient { BaseAddress = head.Url };
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        home.Release();
        await head.DisposeAsync();
        home.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_checkpoint_that_is_sent_lies_where_the_head_wants_it_and_what_comes_again_changes_nothing()
    {
        for (var times = 0; times < 2; times++)
        {
            var response = await PutAsync("1-1", 40, Bytes(5000));
            Assert.True((await response.Content.ReadFromJsonAsync<AttemptReply>(Json.Options))!.Continue);
            var checkpoint = Assert.Single(await head.Queries.CheckpointsAsync(1));
            Assert.Equal((40, 5000L, Sha256(Bytes(5000)), home.Path("checkpoints", "1", "1", "step-00000040.safetensors")), (checkpoint.Step, checkpoint.Bytes, checkpoint.Sha256, checkpoint.Path));
            Assert.Equal(Bytes(5000), await File.ReadAllBytesAsync(checkpoint.Path, TestContext.Current.CancellationToken));
        }
        Assert.Equal(["1/1/step-00000040.safetensors"], home.Checkpoints().Where(file => file.StartsWith("1/1/", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_may_be_larger_than_other_bodies_up_to_a_limit_of_its_own()
    {
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("1-1", 40, Bytes(Large))).StatusCode);
        await RefusedAsync(await PutAsync("1-1", 50, Bytes(Large + 1)), HttpStatusCode.RequestEntityTooLarge, "--upload-limit");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_whole_not_what_it_should_be_or_not_the_attempts_is_refused_and_leaves_no_file()
    {
        var before = home.Checkpoints().ToArray();
        await RefusedAsync(await PutAsync("1-1", 40, Bytes(5000), sha256: Sha256(Bytes(4999))), HttpStatusCode.UnprocessableEntity, "not the checkpoint of that hash");
        await RefusedAsync(await PutAsync("1-1", 40, Bytes(50), sha256: "../../x"), HttpStatusCode.BadRequest, "64 hexadecimal digits");
        await RefusedAsync(await PutAsync("1-1", 40, Bytes(50), withLength: false), HttpStatusCode.LengthRequired, "its length");
        await RefusedAsync(await PutAsync("1-1", 40, Bytes(50), token: "wrong"), HttpStatusCode.Unauthorized, "");
        await RefusedAsync(await PutAsync("2-1", 40, Bytes(50), token: Token("1-1")), HttpStatusCode.Unauthorized, "");
        await RefusedAsync(await PutAsync("1-1", -1, Bytes(50)), HttpStatusCode.BadRequest, "'step'");
        Assert.Equal(before, home.Checkpoints());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fenced_attempt_neither_sends_nor_fetches()
    {
        var old = Token("1-1");
        System.Diagnostics.Process.GetProcessById(home.PidOf("1-1")).Kill();
        await home.UntilHeldAsync("1-2");
        await RefusedAsync(await PutAsync("1-1", 40, Bytes(50), old), HttpStatusCode.Conflict, "");
        await RefusedAsync(await ResumeAsync("1-1", old), HttpStatusCode.Conflict, "");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_attempt_fetches_the_checkpoint_that_it_begins_with_in_whole_or_in_part_and_no_other()
    {
        await RefusedAsync(await ResumeAsync("1-1", Token("1-1")), HttpStatusCode.NotFound, "no checkpoint that this attempt begins with");
        System.Diagnostics.Process.GetProcessById(home.PidOf("1-1")).Kill();
        await home.UntilHeldAsync("1-2");
        var token = Token("1-2");
        Assert.Equal("20\n"u8.ToArray(), await (await ResumeAsync("1-2", token)).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var rest = await ResumeAsync("1-2", token, from: 1);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal("0\n"u8.ToArray(), await rest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await RefusedAsync(await ResumeAsync("1-2", "wrong"), HttpStatusCode.Unauthorized, "");
        // Whatever stands in the database, a file elsewhere is not given away.
        home.Ask($"UPDATE checkpoints SET path = '{home.Path("sweeps.db")}' WHERE stage_id = 1");
        await RefusedAsync(await ResumeAsync("1-2", token), HttpStatusCode.NotFound, "");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/etc/passwd")]
    [InlineData("/x/checkpoints/1/../../sweeps.db")]
    [InlineData("/x/checkpoints/2/20")]
    public async Task A_file_elsewhere_is_no_checkpoint_of_the_stage(string path)
    {
        using var request = Request(HttpMethod.Post, "1-1", "checkpoint", Token("1-1"));
        request.Content = JsonContent.Create(new CheckpointNotice(40, path, Sha256([]), 0), options: Json.Options);
        await RefusedAsync(await http.SendAsync(request), HttpStatusCode.BadRequest, "send it instead");
    }

    private async Task<HttpResponseMessage> PutAsync(string attempt, int step, byte[] bytes, string? token = null, string? sha256 = null, bool withLength = true)
    {
        using var request = Request(HttpMethod.Put, attempt, $"checkpoints/{step}?sha256={Uri.EscapeDataString(sha256 ?? Sha256(bytes))}&device=cpu", token ?? Token(attempt));
        request.Content = new ByteArrayContent(bytes);
        request.Headers.TransferEncodingChunked = !withLength;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.ExpectContinue = true;
        return await http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> ResumeAsync(string attempt, string token, int? from = null)
    {
        using var request = Request(HttpMethod.Get, attempt, "resume", token);
        if (from is not null) request.Headers.Range = new RangeHeaderValue(from, null);
        return await http.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string attempt, string what, string token) =>
        new(method, $"/api/attempts/{attempt}/{what}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string why)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        Assert.Contains(why, (string)JsonSerializer.Deserialize<JsonElement>(text).GetProperty("detail").GetString()!);
    }

    private string Token(string attempt) => JsonSerializer.Deserialize<Assignment>(File.ReadAllText(home.Attempt(attempt, ".json")), Json.Options)!.Token;

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
