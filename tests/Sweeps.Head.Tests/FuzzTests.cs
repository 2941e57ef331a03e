using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sweeps.Results;
using Sweeps.Results.Access;
using Sweeps.Results.Integrity;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>
/// Thousands of requests that nobody should send, to every operation that the head describes, while a sweep is trained. They come from a fixed seed,
/// each from its own number, so that one which fails can be sent again.
/// </summary>
public sealed partial class FuzzTests
{
    private const int Requests = 10_000;
    private const int RawRequests = 500;
    private const int Seed = 20_240_817;

    private static readonly string[] Words =
    [
        "1", "0", "-1", "2", "99999", "9223372036854775807", "9223372036854775808", "1e9", "NaN", "null", "true", "x", "", " ", "1-1", "1-2", "99-1", "1-99999999999", "..", "../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fsweeps.db", "..\\..\\sweeps.db", "%00", "%0d%0aX-Injected:%20yes", "%ff%fe", "%F0%9F%92%A5", "%E2%80%AE", "sweeps.db", "head.json", "'%20OR%201=1--",
        "%3Cscript%3E", "{id}", "*", "@", "#", "?", "&", "=", ";", "csv", "loss", "svg", "running", "val_loss", "steps", "desc", "1,2,3", "[]", "{}", "0x10", "%D9%A3", "1.5", "+1", "%20", "-0",
    ];

    private readonly ConcurrentDictionary<(string Operation, int Status), int> answers = [];
    private readonly ConcurrentBag<string> wrong = [];

    [Fact(Timeout = 300_000)]
    public async Task Whatever_is_sent_there_is_no_error_of_the_head_and_a_sweep_ends_with_the_same_numbers()
    {
        using var calm = TestHome.Create();
        await using (var undisturbed = await calm.StartAsync(slots: 4)) await undisturbed.WaitAsync((await undisturbed.SubmitAsync(TestHome.Spec())).SweepId);
        var expected = await PointsAsync(calm);

        using var home = TestHome.Create();
        var credentials = await CredentialsAsync(home);
        home.Hold();
        await using (var head = await home.StartAsync(slots: 4, change: options => options with { RequireToken = true }))
        {
            await head.SubmitAsync(TestHome.Spec());
            foreach (var stage in new[] { "1-1", "2-1", "3-1", "4-1" }) await home.UntilHeldAsync(stage);
            using var admin = new HttpClient { BaseAddress = head.Url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", credentials.Admin) } };
            var operations = Operations(JsonNode.Parse(await admin.GetStringAsync("/openapi/v1.json"))!);
            Assert.InRange(operations.Length, 30, 200);

            var watch = Stopwatch.StartNew();
            using (var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 16 }) { BaseAddress = head.Url, Timeout = TimeSpan.FromMinutes(1) })
                await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
                    async (number, cancellation) => await SendAsync(http, operations[number % operations.Length], credentials, number, cancellation));
            await Parallel.ForEachAsync(Enumerable.Range(0, RawRequests), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken },
                async (number, cancellation) => await SendRawAsync(head.Url.Port, operations[number % operations.Length], credentials, number, cancellation));
            TestContext.Current.TestOutputHelper?.WriteLine($"{Requests + RawRequests} requests in {watch.Elapsed.TotalSeconds:0.0} s");
            Report();

            Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
            Assert.Equal("ok", await admin.GetStringAsync("/healthz"));
            home.Release();
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(1)).Overview.Sweep.State);
            foreach (var other in await head.Queries.SweepsInStateAsync(SweepState.Running)) await head.CancelSweepAsync(other);
        }
        Assert.Equal(expected, await PointsAsync(home));
        var health = await DatabaseExamination.RunAsync(home.Path("sweeps.db"), deep: false);
        Assert.Empty(health.Findings);
    }

    private static async Task<Credentials> CredentialsAsync(TestHome home)
    {
        await using var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"));
        var tokens = new Dictionary<TokenRole, string>();
        foreach (var role in Enum.GetValues<TokenRole>()) tokens[role] = (await store.Tokens.CreateAsync(role, null, null)).Token;
        var revoked = (await store.Tokens.CreateAsync(TokenRole.Admin, "revoked", null)).Token;
        await store.Tokens.RevokeAsync("revoked");
        var expired = (await store.Tokens.CreateAsync(TokenRole.Admin, "expired", TimeSpan.FromMicroseconds(1))).Token;
        return new Credentials(tokens[TokenRole.Admin], [.. tokens.Values], [revoked, expired, "guess", "", " ", new string('x', 4000), "a b", "sweeps_" + new string('A', 43)]);
    }

    private static Operation[] Operations(JsonNode document) =>
    [
        .. from path in document["paths"]!.AsObject()
           from method in path.Value!.AsObject()
           where method.Value is JsonObject { } one && one.ContainsKey("operationId")
           select new Operation((string)method.Value!["operationId"]!, method.Key.ToUpperInvariant(), path.Key,
               [.. (method.Value["parameters"]?.AsArray() ?? []).Where(parameter => (string?)parameter!["in"] == "query").Select(parameter => (string)parameter!["name"]!)],
               (method.Value["requestBody"]?["content"]?.AsObject())?.FirstOrDefault().Key),
        new Operation("(pages)", "GET", "/{page}", ["x"], null),
        new Operation("(assets)", "GET", "/assets/{file}", [], null),
        new Operation("(nothing)", "GET", "/api/{nothing}/{at}/{all}", [], null),
        new Operation("(document)", "GET", "/openapi/{name}", [], null),
    ];

    private async Task SendAsync(HttpClient http, Operation operation, Credentials credentials, int number, CancellationToken cancellation)
    {
        var random = new Random(Seed + number);
        var (token, isValid) = credentials.Any(random);
        var method = random.Next(8) == 0 ? Pick(random, "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND") : operation.Method;
        var target = Target(operation, method, isValid, random);
        if (!Uri.TryCreate(http.BaseAddress!.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)) return;
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", (random.Next(20) == 0 ? Pick(random, "bearer ", "Basic ", "Bearer", "") : "Bearer ") + token);
        if (random.Next(6) == 0) request.Headers.TryAddWithoutValidation(Pick(random, "Cookie", "Last-Event-ID", "Accept-Encoding", "X-Forwarded-For", "If-None-Match", "Range", "Expect", "Content-Encoding"),
            Pick(random, "x", $"sweeps-{uri.Port}=guess", "99999999999999999999", "-1", "bytes=0-,5-", "\"x\"", "a=b; c=d;;;=", new string('y', 3000)));
        if (random.Next(12) == 0) request.Headers.TryAddWithoutValidation("Origin", Pick(random, "null", "http://evil.example", http.BaseAddress.GetLeftPart(UriPartial.Authority)));
        if (method is not ("GET" or "HEAD" or "TRACE" or "OPTIONS") || random.Next(30) == 0)
        {
            request.Content = new ByteArrayContent(Body(operation, isValid, random, allowLarge: true));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(6) == 0 ? Pick(random, "text/plain", "application/xml", "", "multipart/form-data", "application/json; charset=utf-16") : operation.ContentType ?? "application/json");
        }
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var type = response.Content.Headers.ContentType?.MediaType;
            if ((int)response.StatusCode >= 500) Count(operation, (int)response.StatusCode, method, target, number, type + " " + await response.Content.ReadAsStringAsync(cancellation));
            else Count(operation, (int)response.StatusCode, method, target, number);
            if (type != "text/event-stream") await response.Content.CopyToAsync(Stream.Null, cancellation);
        }
        catch (HttpRequestException)
        {
            // The head ends the connection while a body that is too long is still sent.
            Count(operation, 0, method, target, number);
        }
    }

    /// <summary>Bytes that no client would send: broken request lines, headers and bodies, and connections that end too early.</summary>
    private async Task SendRawAsync(int port, Operation operation, Credentials credentials, int number, CancellationToken cancellation)
    {
        var random = new Random(~Seed + number);
        var (token, isValid) = credentials.Any(random);
        var body = Encoding.Latin1.GetString(Body(operation, isValid, random, allowLarge: false));
        var target = Target(operation, operation.Method, isValid, random);
        var line = random.Next(3) > 0 ? $"{operation.Method} {target} HTTP/1.1"
            : Pick(random, $"{operation.Method} {target}", $"{operation.Method} http://evil.example{target} HTTP/1.1", $"GET {target} HTTP/9.9", "\0\0\0\0", $"{operation.Method}  {target}  HTTP/1.1", "PRI * HTTP/2.0", $"CONNECT 127.0.0.1:{port} HTTP/1.1", $"GET /{new string('a', 9000)} HTTP/1.1", "\u0016\u0003\u0001\u0002");
        var headers = new StringBuilder($"Host: 127.0.0.1:{port}\r\nConnection: close\r\n");
        if (token is not null) headers.Append($"Authorization: Bearer {token}\r\n");
        headers.Append(Pick(random, "", "X: \u0001\u0002\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", ": nameless\r\n", $"X: {new string('z', 20_000)}\r\n",
            string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: 1\r\n")), "Host: evil.example\r\n", "Content-Length: -1\r\n", " folded\r\n"));
        var content = Pick(random,
            $"Content-Type: application/json\r\nContent-Length: {body.Length + 50}\r\n\r\n{body}", // the rest never comes
            $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n",
            $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{body}",
            $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{body}",
            $"Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{body}",
            "\r\n", "");
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"{line}\r\n{headers}{content}"), cancellation);
            if (random.Next(3) == 0) client.Client.Shutdown(SocketShutdown.Send);
            // For what never comes the head would wait; this client does not.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromMilliseconds(500));
            var buffer = new byte[2048];
            var count = 0;
            try
            {
                while (count < buffer.Length && await stream.ReadAsync(buffer.AsMemory(count), patience.Token) is > 0 and var more) count += more;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // What has come is looked at.
            }
            var answer = Encoding.Latin1.GetString(buffer, 0, count);
            Count(operation, StatusLine().Match(answer) is { Success: true } status ? int.Parse(status.Groups[1].Value) : 0, "raw " + operation.Method, target, number, answer);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Count(operation, 0, "raw " + operation.Method, target, number); // cut off by the head
        }
    }

    /// <summary>A path with values that fit, or not; what changes something with a token that is right stays away from the sweep, the machine and the tokens that the test needs.</summary>
    private static string Target(Operation operation, string method, bool isValid, Random random)
    {
        var mustNotHit = isValid && method != "GET" && method != "HEAD";
        var path = PathParameter().Replace(operation.Path, _ =>
        {
            var word = random.Next(3) == 0 ? "1" : random.Next(10) == 0 ? new string('a', random.Next(1, 3000)) : Pick(random, Words);
            return mustNotHit && Own().IsMatch(Uri.UnescapeDataString(word)) ? "77" : word;
        });
        var query = new List<string>();
        foreach (var name in operation.Query.Append("unknown"))
            if (random.Next(name == "unknown" ? 12 : 3) == 0) query.Add($"{name}={Pick(random, Words)}");
        return (query.Count == 0 ? path : $"{path}?{string.Join('&', query)}").Replace(" ", "%20").Replace("#", "%23");
    }

    private static byte[] Body(Operation operation, bool isValid, Random random, bool allowLarge)
    {
        var text = operation.Id switch
        {
            "submitSweep" or "checkSweepFile" or "extendSweep" or "addNightlyJob" => TestHome.Yaml("fuzz") + Pick(random, "", "\nschedule: {cron: \"0 2 * * *\"}\n"),
            "syncMachine" => """{"slots_json":"[]","free_slots":[0,1],"running":[],"ended":[{"attempt":{"stage_id":1,"number":1},"exit_code":0,"was_stopped":false,"last_words":"","memory_ran_out":false}],"life":"x","number":1}""",
            "postPoints" => """{"points":[{"metric":"val_loss","step":10,"value":1.5,"tokens":1,"seconds":0.5}]}""",
            "postCheckpoint" => """{"step":20,"path":"/etc/passwd","sha256":"00","bytes":3}""",
            "finishAttempt" => """{"outcome":"completed","step":60}""",
            "createToken" => """{"role":"viewer","days":3}""",
            _ => """{"token":"guess","a":[1,2,{"b":null}]}""",
        };
        switch (random.Next(12))
        {
            case 0: return [];
            case 1: return Encoding.UTF8.GetBytes(text[..random.Next(text.Length)]);
            case 2: return Encoding.UTF8.GetBytes(new string('[', random.Next(1, 5000)));
            case 3: return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", random.Next(1, 500))));
            case 4: return Encoding.UTF8.GetBytes(Digits().Replace(text, _ => Pick(random, "1e400", "-1", "NaN", "null", "9223372036854775808", "1e-400", "\"1\"", "0.1", "[]", "99999999")));
            case 5: return Encoding.UTF8.GetBytes("a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n")));
            case 6 when allowLarge && random.Next(20) == 0: return Encoding.UTF8.GetBytes(text + new string(' ', random.Next(1 << 20, 5 << 20)));
            case 7:
                var bytes = new byte[random.Next(1, 400)];
                random.NextBytes(bytes);
                return bytes;
            case 8: return Encoding.Unicode.GetBytes(text);
            case 9: return Encoding.UTF8.GetBytes(text.Replace("values", "distribution").Replace("[1, 2]", Pick(random, "[]", "[&x *x]", "{min: 1, max: 1e308}", "[\"\\0\", \"\u202e\"]", "[.nan, .inf]")));
            default:
                var changed = Encoding.UTF8.GetBytes(text);
                for (var i = random.Next(1, 6); i > 0; i--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
                return changed;
        }
    }

    private void Count(Operation operation, int status, string method, string target, int number, string answer = "")
    {
        answers.AddOrUpdate((operation.Id, status), 1, (_, count) => count + 1);
        // Pages that are not built say so, and there is no HTTP/9.9.
        if (status >= 500 && status != 505 && !(status == 503 && answer.Contains("text/html", StringComparison.Ordinal))) wrong.Add($"{status}: {method} {target[..Math.Min(300, target.Length)]} (number {number}): {answer}");
    }

    private void Report()
    {
        var output = TestContext.Current.TestOutputHelper!;
        foreach (var operation in answers.GroupBy(answer => answer.Key.Operation).OrderBy(group => group.Key, StringComparer.Ordinal))
            output.WriteLine($"{operation.Key,-22} {string.Join("  ", operation.OrderBy(answer => answer.Key.Status).Select(answer => $"{(answer.Key.Status == 0 ? "cut" : answer.Key.Status)}: {answer.Value}"))}");
        output.WriteLine($"{"all",-22} {string.Join("  ", answers.GroupBy(answer => answer.Key.Status).OrderBy(group => group.Key).Select(group => $"{(group.Key == 0 ? "cut" : group.Key)}: {group.Sum(answer => answer.Value)}"))}");
    }

    private static async Task<string> PointsAsync(TestHome home)
    {
        var queries = await ResultsQueries.OpenAsync(home.Path("sweeps.db"));
        var lines = new List<string>();
        foreach (var stage in await queries.StagesAsync(1)) lines.AddRange((await queries.PointsAsync(stage.Id)).Select(point => FormattableString.Invariant($"{stage.Id} {point}")));
        return string.Join('\n', lines);
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    private sealed record Operation(string Id, string Method, string Path, string[] Query, string? ContentType);

    private sealed record Credentials(string Admin, string[] Valid, string[] Wrong)
    {
        /// <summary>A token, or none, and whether it lets anybody in.</summary>
        public (string? Token, bool IsValid) Any(Random random) => random.Next(10) switch
        {
            < 1 => (null, false),
            < 2 => (Wrong[random.Next(Wrong.Length)], false),
            < 8 => (Admin, true),
            _ => (Valid[random.Next(Valid.Length)], true),
        };
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();

    // Ids that begin so, in any writing.
    [GeneratedRegex(@"^\W*[1-6](\D|$)")]
    private static partial Regex Own();

    [GeneratedRegex(@"^HTTP/1\.1 (\d{3})")]
    private static partial Regex StatusLine();
}
