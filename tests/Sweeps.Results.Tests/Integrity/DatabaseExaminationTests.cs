using System.Security.Cryptography;
using Sweeps.Core.Protocol;
using Sweeps.Results.Exports;
using Sweeps.Results.Files;
using Sweeps.Results.Integrity;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests.Integrity;

public sealed class DatabaseExaminationTests
{
    [Fact]
    public async Task A_sound_database_is_counted_and_not_changed()
    {
        await using var database = await FilledAsync();
        var (before, files) = (File.ReadAllBytes(database.Path), Directory.GetFiles(database.Directory));
        foreach (var deep in new[] { false, true })
        {
            var health = await DatabaseExamination.RunAsync(database.Path, deep);
            Assert.Empty(health.Findings);
            Assert.Equal((1L, 1002L, 2L, false, Schema.Steps.Count), (health.Sweeps, health.Points, health.Checkpoints, health.IsOlder, (int)health.SchemaVersion));
        }
        Assert.Equal(before, File.ReadAllBytes(database.Path));
        // What SQLite shares with other readers is no change.
        Assert.Equal(files, Directory.GetFiles(database.Directory).Where(file => file != database.Path + "-shm" && file != database.Path + "-wal"));
    }

    [Fact]
    public async Task A_database_is_examined_while_its_head_writes()
    {
        await using var database = await FilledAsync();
        await using var store = await database.OpenAsync();
        var health = await DatabaseExamination.RunAsync(database.Path, deep: true);
        await store.RecordPointsAsync(2, 1, [Point(600, 1)]);
        Assert.Equal((1002L, 1003L), (health.Points, (await DatabaseExamination.RunAsync(database.Path, deep: true)).Points));
    }

    [Theory]
    [InlineData("count = count + 1")]
    [InlineData("min = min - 1")]
    [InlineData("max = NULL")]
    [InlineData("last = 7")]
    [InlineData("last_step = last_step + 1")]
    public async Task A_summary_that_differs_from_its_points_is_found_and_an_export_makes_it_anew(string change)
    {
        await using var database = await FilledAsync();
        database.Ask<int>($"UPDATE metric_summaries SET {change} WHERE stage_id = 1");
        var finding = Assert.Single((await DatabaseExamination.RunAsync(database.Path, deep: false)).Findings);
        Assert.Equal("the summaries of val_loss of stage 1 are not those of their points", finding.Problem);
        Assert.Contains("`sweeps export 1 --format sqlite`", finding.Remedy);

        await using var mended = new TestDatabase();
        await using (var store = await database.OpenAsync()) await SweepExport.SaveAsync(store.Queries, 1, ExportFormat.Sqlite, mended.Path);
        Assert.Empty((await DatabaseExamination.RunAsync(mended.Path, deep: true)).Findings);
    }

    [Theory]
    [InlineData("DELETE FROM metric_summaries WHERE stage_id = 1", "summaries of val_loss of stage 1")]
    [InlineData("INSERT INTO metric_summaries VALUES (1, 1000, 1, 1, 1, 1, 1)", "summaries of metric 1 of stage 1000")]
    [InlineData("UPDATE metric_chunks SET data = substr(data, 1, length(data) - 1) WHERE stage_id = 1", "points of val_loss of stage 1 cannot be read")]
    [InlineData("UPDATE metric_chunks SET count = count - 1 WHERE stage_id = 1 AND first_step = 1", "points of val_loss of stage 1 cannot be read")]
    [InlineData("UPDATE metric_chunks SET last_step = last_step + 1 WHERE stage_id = 1 AND first_step = 1", "points of val_loss of stage 1 cannot be read")]
    [InlineData("INSERT INTO metric_chunks (stage_id, metric_id, first_step, last_step, count, data) SELECT stage_id, metric_id, first_step - 1, last_step, count, data FROM metric_chunks WHERE stage_id = 2", "points of val_loss of stage 2 cannot be read")]
    [InlineData("UPDATE runs SET configuration_id = 99 WHERE id = 1", "1 row of runs refer to configurations that are not there")]
    public async Task What_does_not_fit_together_is_found(string change, string problem)
    {
        await using var database = await FilledAsync();
        // The summaries' columns by name, whatever their order is.
        change = change.Replace("metric_summaries VALUES", "metric_summaries (metric_id, stage_id, count, min, max, last, last_step) VALUES", StringComparison.Ordinal);
        database.Ask<int>($"PRAGMA foreign_keys = OFF; {change}");
        var finding = Assert.Single((await DatabaseExamination.RunAsync(database.Path, deep: false)).Findings);
        Assert.Contains(problem, finding.Problem);
        Assert.NotEmpty(finding.Remedy);
    }

    [Fact]
    public async Task Checkpoints_that_are_missing_or_cut_off_are_found_and_those_with_another_content_when_everything_is_read()
    {
        await using var database = await FilledAsync();
        var (first, second) = (Path.Combine(database.Directory, "step-500"), Path.Combine(database.Directory, "step-501"));
        var content = File.ReadAllBytes(second);
        content[0] ^= 1;
        File.WriteAllBytes(second, content);
        Assert.Empty((await DatabaseExamination.RunAsync(database.Path, deep: false)).Findings);
        Assert.Equal($"1 checkpoint not with the content that was recorded: {second}", Assert.Single((await DatabaseExamination.RunAsync(database.Path, deep: true)).Findings).Problem);
        File.WriteAllBytes(second, content[1..]);
        File.Delete(first);
        Assert.Equal([$"1 checkpoint missing: {first}", $"1 checkpoint not as long as recorded: {second}"],
            (await DatabaseExamination.RunAsync(database.Path, deep: false)).Findings.Select(finding => finding.Problem));
    }

    [Theory]
    [InlineData("metric_summaries")]
    [InlineData("metric_chunks")]
    [InlineData("runs_by_sweep")]
    [InlineData(null)]
    public async Task A_damaged_page_is_found_and_the_backup_named(string? of)
    {
        await using var database = await FilledAsync();
        var backup = $"{database.Path}.schema-3.bak";
        File.WriteAllText(backup, "");
        var pages = File.ReadAllBytes(database.Path);
        // The first page of a table or an index; without a name, the second of the file, which has a part of the schema.
        var page = of is null ? 2 : database.Ask<int>($"SELECT rootpage FROM sqlite_master WHERE name = '{of}'");
        pages.AsSpan((page - 1) * 4096, 500).Fill(0xff);
        File.WriteAllBytes(database.Path, pages);
        foreach (var deep in new[] { false, true })
        {
            var finding = Assert.Single((await DatabaseExamination.RunAsync(database.Path, deep)).Findings);
            Assert.StartsWith("it is damaged (", finding.Problem);
            Assert.Contains(backup, finding.Remedy);
        }
    }

    [Fact]
    public async Task An_older_database_is_examined_and_stays_older()
    {
        await using var database = new TestDatabase();
        await (await ResultsStore.OpenAsync(database.Path, TimeProvider.System, [.. Schema.Steps.Take(1)])).DisposeAsync();
        var health = await DatabaseExamination.RunAsync(database.Path, deep: true);
        Assert.Equal((1L, true), (health.SchemaVersion, health.IsOlder));
        Assert.Empty(health.Findings);
        Assert.Equal(1, database.Ask<int>("PRAGMA user_version"));
    }

    /// <summary>Two stages with points and a checkpoint each; the first has several chunks.</summary>
    private static async Task<TestDatabase> FilledAsync()
    {
        var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(2, 1, 1000));
        for (var stage = 1; stage <= 2; stage++)
        {
            await store.BeginAttemptAsync(Claim(stage));
            await store.RecordPointsAsync(stage, 1, stage == 1 ? [.. Enumerable.Range(1, 1000).Select(step => Point(step, 5 - (step / 250.0)))] : [Point(10, 3), Point(20, double.NaN)]);
            var file = Path.Combine(database.Directory, $"step-{499 + stage}");
            File.WriteAllText(file, $"weights of stage {stage}");
            await store.RecordCheckpointAsync(stage, 1, new CheckpointNotice(499 + stage, file, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), new FileInfo(file).Length));
        }
        return database;
    }
}
