using System.Globalization;
using System.Text;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;
using Sweeps.Results.Exports;
using Sweeps.Results.Plans;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests.Exports;

public abstract class ExportTests(TestServer server)
{
    private static readonly string[] Evil = ["=cmd|' /C calc'!A0", "+1+1", "-2-3", "@SUM(A1)", "\t=1", "'quoted", "a,b", "say \"hi\"", "two\r\nlines", "-5", "plain", ""];

    [Fact]
    public async Task Csv_has_a_row_for_every_point_of_every_run_and_a_column_for_every_varied_parameter()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainSharedAsync(store);
        var rows = Csv(await ExportAsync(store, ExportFormat.Csv));
        Assert.Equal(["sweep", "configuration", "heads", "seed", "step", "tokens", "seconds", "metric", "value"], rows[0]);
        var expected = new List<string[]>();
        foreach (var (run, label, heads) in new[] { (1, "a", "0"), (2, "b", "1"), (3, "c", "2") })
            foreach (var metric in new[] { "train_loss", "val_loss" })
                expected.AddRange((await store.Queries.CurveAsync(run, metric)).Select(point => new[]
                {
                    "shared", label, heads, "1", $"{point.Step}", $"{point.Tokens}", point.Seconds.ToString("R", CultureInfo.InvariantCulture), metric,
                    point.Value.ToString("R", CultureInfo.InvariantCulture),
                }));
        Assert.Equal(expected, rows.Skip(1));
        Assert.Contains(rows, row => row[^1] == "NaN");
        Assert.Contains(rows, row => row[^1] == "-Infinity");
        Assert.Contains(rows, row => double.TryParse(row[^1], CultureInfo.InvariantCulture, out var value) && value == 0.1 + 0.2);
    }

    [Fact]
    public async Task Texts_that_a_spreadsheet_would_execute_are_texts_there_and_unchanged_without_their_first_apostrophe()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Hostile());
        for (var stage = 1; stage <= Evil.Length; stage++)
        {
            await store.BeginAttemptAsync(Claim(stage));
            await store.RecordPointsAsync(stage, 1, [new MetricPoint("=1+1", stage, -1.5, 0, 0)]);
        }
        var rows = Csv(await ExportAsync(store, ExportFormat.Csv));
        Assert.Equal(["sweep", "configuration", "'=name,\"x\"", "parameter.value", "seed", "step", "tokens", "seconds", "metric", "value"], rows[0]);
        Assert.Equal(Evil, rows.Skip(1).Select(row => Unguarded(row[2])));
        Assert.All(rows.Skip(1), row => Assert.Equal(("'=cmd", "'=1+1", "-1.5"), (row[0], row[8], row[9])));
        Assert.DoesNotContain(rows.Skip(1).SelectMany(row => row.SkipLast(1)), field => field.Length > 0 && "=+-@\t\r".Contains(field[0], StringComparison.Ordinal) && field != "-5");

        static string Unguarded(string field) => field.StartsWith('\'') ? field[1..] : field;
    }

    [Fact]
    public async Task Json_has_the_sweep_its_configurations_and_its_runs_with_their_points()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainSharedAsync(store);
        var root = JsonDocument.Parse(await ExportAsync(store, ExportFormat.Json)).RootElement;
        Assert.Equal(["sweep", "configurations", "runs"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("shared", "val_loss", "minimize", "name: shared"), (Text(root.GetProperty("sweep"), "name"), Text(root.GetProperty("sweep"), "metric"),
            Text(root.GetProperty("sweep"), "goal"), Text(root.GetProperty("sweep"), "file")));
        Assert.Equal(["a", "b", "c"], root.GetProperty("configurations").EnumerateArray().Select(configuration => Text(configuration, "label")));
        Assert.Equal(3, root.GetProperty("runs").GetArrayLength());
        foreach (var (run, id) in root.GetProperty("runs").EnumerateArray().Zip([1L, 2, 3]))
        {
            Assert.Equal((id - 1, 1), (run.GetProperty("configuration").GetInt64(), run.GetProperty("seed").GetInt32()));
            foreach (var metric in new[] { "train_loss", "val_loss" })
                Assert.Equal(await store.Queries.CurveAsync(id, metric), run.GetProperty("points").GetProperty(metric).Deserialize<CurvePoint[]>(Json.Options));
        }

        static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData(ExportFormat.Csv)]
    [InlineData(ExportFormat.Json)]
    [InlineData(ExportFormat.Sqlite)]
    public async Task A_sweep_without_points_can_be_exported(ExportFormat format)
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(2, 2, 10));
        Assert.NotEmpty(await ExportAsync(store, format));
    }

    [Fact]
    public async Task The_database_opens_by_itself_and_has_only_the_sweep_with_whole_curves()
    {
        await using var database = server.New();
        await using var exported = TestServer.File.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainSharedAsync(store);
        await store.CreateSweepAsync(Separate(1, 1, 10, "neighbour"));
        // Goes on from the first two stages of the first sweep.
        var id = await store.CreateSweepAsync(new NewSweep
        {
            Name = "later", FileText = "name: later", Metric = "val_loss", Program = "train.py", Command = new CommandSpec { Program = "train.py", Directory = "/secret/place" },
            Growth = new SweepGrowth
            {
                Configurations = [new("x", Heads(7), true)],
                Stages = [new(null, Heads(7), 1, 20, 40, StoredParent: 3)],
                Runs = [new(0, 1, [0]) { StoredPath = [1, 3] }],
            },
        });
        await store.BeginAttemptAsync(Claim(7));
        await store.RecordPointsAsync(7, 1, [Point(30, 1.25), Point(40, double.NaN)]);
        var whole = await store.Queries.CurveAsync(5, "val_loss");

        File.WriteAllBytes(exported.Path, await ExportAsync(store, ExportFormat.Sqlite, id));
        Assert.Equal("ok", exported.Ask<string>("PRAGMA integrity_check"));
        Assert.Equal(0, exported.Ask<int>("SELECT count(*) FROM pragma_foreign_key_check"));
        Assert.Equal("", exported.Ask<string>("SELECT group_concat(token_hash, '') FROM attempts"));
        Assert.Equal("", exported.Ask<string>("SELECT json_extract(command_json, '$.directory') FROM sweeps"));
        Assert.Equal(0, exported.Ask<int>("SELECT (SELECT count(*) FROM machines) + (SELECT count(*) FROM checkpoints)"));
        Assert.DoesNotContain("neighbour", Encoding.Latin1.GetString(File.ReadAllBytes(exported.Path)));
        Assert.DoesNotContain(ResultsStore.Hash("token"), Encoding.Latin1.GetString(File.ReadAllBytes(exported.Path)));

        await using var alone = await exported.OpenAsync();
        var overview = Assert.Single(await alone.Queries.SweepsAsync());
        Assert.Equal(("later", SweepState.Paused, 1, 0L), (overview.Sweep.Name, overview.Sweep.State, overview.Runs, overview.Sweep.ReusedSteps));
        Assert.Equal(whole, Assert.Single(await alone.Queries.CurvesAsync(overview.Sweep.Id, "val_loss")).Points);
        Assert.Equal([20L, 30, 40], whole.Select(point => point.Step).TakeLast(3));
        Assert.Equal(await store.Queries.RunsAsync(id), await alone.Queries.RunsAsync(id));
        Assert.Equal(await store.Queries.MetricNamesAsync(id), await alone.Queries.MetricNamesAsync(id));
        // Nothing in it waits for a worker that is not there.
        Assert.Empty(await alone.Queries.BusyMachinesAsync());
        Assert.Equal(AttemptOutcome.Lost, (await alone.Queries.AttemptAsync(7, 1))!.Outcome);
        Assert.Equal(StageState.Ready, (await alone.Queries.StageAsync(7))!.State);
    }

    [Theory]
    [InlineData(ExportFormat.Csv)]
    [InlineData(ExportFormat.Json)]
    [InlineData(ExportFormat.Sqlite)]
    public async Task A_file_appears_whole_or_not_at_all(ExportFormat format)
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainSharedAsync(store);
        var path = Path.Combine(database.Directory, "results");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SweepExport.SaveAsync(store.Queries, 1, format, path, cancelled.Token));
        Assert.Equal(ResultsFailure.Refused, (await Assert.ThrowsAsync<ResultsException>(() => SweepExport.SaveAsync(store.Queries, 9, format, path))).Failure);
        Assert.Empty(Directory.GetFiles(database.Directory, "results*"));
        await SweepExport.SaveAsync(store.Queries, 1, format, path);
        Assert.Equal([path], Directory.GetFiles(database.Directory, "results*"));
        Assert.Equal(new FileInfo(path).Length, (await ExportAsync(store, format)).Length);
    }

    [Fact]
    public async Task What_cannot_be_written_is_not_blamed_on_the_database()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainSharedAsync(store);
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var exception = await Assert.ThrowsAsync<IOException>(() => SweepExport.WriteAsync(store.Queries, 1, format, new FullStream()));
            Assert.Equal("No space left.", exception.Message);
        }
    }

    private static async Task<byte[]> ExportAsync(ResultsStore store, ExportFormat format, long id = 1)
    {
        using var stream = new MemoryStream();
        await SweepExport.WriteAsync(store.Queries, id, format, stream);
        return stream.ToArray();
    }

    private static async Task TrainSharedAsync(ResultsStore store)
    {
        foreach (var (stage, from, to) in new[] { (1, 0, 10), (2, 10, 20), (3, 10, 20), (4, 20, 30) })
        {
            await store.BeginAttemptAsync(Claim(stage));
            await store.RecordPointsAsync(stage, 1,
            [
                Point(from, 0.1 + 0.2 + stage), Point(to, stage == 2 ? double.NegativeInfinity : 0.1 + 0.2),
                .. Enumerable.Range(from, to - from).Select(step => Point(step, step == 25 ? double.NaN : stage + (1.0 / (step + 3)), "train_loss")),
            ]);
            await store.RecordCheckpointAsync(stage, 1, Checkpoint(to, $"checkpoint-{stage}"));
            await store.EndAttemptAsync(stage, 1, Completed(to));
        }
    }

    private static NewSweep Hostile() => new()
    {
        Name = "=cmd", FileText = "name: '=cmd'", Metric = "=1+1",
        Growth = new SweepGrowth
        {
            Configurations = [.. Evil.Select((text, i) => new NewConfiguration($"value={i}",
                new Dictionary<string, ParameterValue> { ["=name,\"x\""] = ParameterValue.Of(text), ["value"] = ParameterValue.Of((long)i), ["same"] = ParameterValue.Of(1) }, i == 0))],
            Stages = [.. Evil.Select(_ => new NewStage(null, Heads(1), 1, 0, 100))],
            Runs = [.. Evil.Select((_, i) => new NewRun(i, 1, [i]))],
        },
    };

    /// <summary>Reads RFC 4180.</summary>
    private static List<string[]> Csv(byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        var (rows, row, field, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else if (text[i] == '"') quoted = !quoted;
            else if (quoted) field.Append(text[i]);
            else if (text[i] is ',' or '\r')
            {
                row.Add(field.ToString());
                field.Clear();
                if (text[i] == ',') continue;
                Assert.Equal('\n', text[++i]);
                rows.Add([.. row]);
                row.Clear();
            }
            else
            {
                field.Append(text[i]);
            }
        }
        Assert.Equal((0, 0, false), (row.Count, field.Length, quoted));
        Assert.All(rows, one => Assert.Equal(rows[0].Length, one.Length));
        return rows;
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("No space left.");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new InvalidOperationException("Written to synchronously.");

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Written to synchronously.");
    }
}

public sealed class ExportSqliteTests() : ExportTests(TestServer.File);

public sealed class ExportPostgresTests(PostgresTestServer server) : ExportTests(server);
