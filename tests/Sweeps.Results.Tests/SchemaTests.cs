using Microsoft.EntityFrameworkCore;
using Sweeps.Core.Gpt;
using Sweeps.Results.Files;
using Sweeps.Results.Records;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests;

public sealed class SchemaTests
{
    [Fact]
    public async Task Every_property_of_the_model_is_a_column_and_every_column_a_property()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        var model = await store.DecideAsync(session => session.Context.Model.GetEntityTypes().ToDictionary(
            type => type.GetTableName()!,
            type => type.GetProperties().Select(property => property.GetColumnName()).Order().ToArray()));
        Assert.Equal(14, model.Count);
        foreach (var (table, columns) in model)
            Assert.Equal(string.Join(',', columns),
                database.Ask<string>($"SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('{table}') ORDER BY name)"));
    }

    [Fact]
    public async Task A_new_file_has_the_newest_schema_and_a_write_ahead_log()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        Assert.Equal(Schema.Steps.Count, database.Ask<int>("PRAGMA user_version"));
        Assert.Equal("wal", database.Ask<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task An_older_file_is_brought_forward_and_a_copy_of_it_kept()
    {
        await using var database = new TestDatabase();
        await using (var store = await database.OpenAsync()) await store.CreateSweepAsync(TestDatabase.Separate(2, 1, 10));
        string[] steps = [.. Schema.Steps, "ALTER TABLE sweeps ADD COLUMN owner TEXT"];

        await using (var store = await ResultsStore.OpenAsync(database.Path, TimeProvider.System, steps))
            Assert.Equal("separate", (await store.Queries.FindSweepAsync("1"))!.Name);

        Assert.Equal(steps.Length, database.Ask<int>("PRAGMA user_version"));
        Assert.Equal(1, database.Ask<int>("SELECT count(*) FROM pragma_table_info('sweeps') WHERE name = 'owner'"));
        var backup = $"{database.Path}.schema-{Schema.Steps.Count}.bak";
        await using var old = await ResultsStore.OpenAsync(backup);
        Assert.Equal("separate", (await old.Queries.FindSweepAsync("1"))!.Name);
    }

    [Fact]
    public async Task The_largest_values_of_older_files_are_counted_from_their_points()
    {
        await using var database = new TestDatabase();
        await OlderFileAsync(database, metric: "val_loss");
        await using var brought = await database.OpenAsync();
        Assert.Equal(5.0, (await brought.Queries.RunsAsync(1))[0].Max);
    }

    [Theory]
    [InlineData("val_loss", MetricGoal.Minimize)]
    [InlineData("val_accuracy", MetricGoal.Maximize)]
    [InlineData("decode_speedup", MetricGoal.Maximize)]
    public async Task The_goals_of_older_files_are_those_of_their_metrics(string metric, MetricGoal goal)
    {
        await using var database = new TestDatabase();
        await OlderFileAsync(database, metric);
        await using var brought = await database.OpenAsync();
        Assert.Equal((goal, null), ((await brought.Queries.FindSweepAsync(1))!.Goal, (await brought.Queries.FindSweepAsync(1))!.CommandJson));
    }

    // A file of the first schema with a run and its points 3, 5, NaN, 4.
    private static async Task OlderFileAsync(TestDatabase database, string metric)
    {
        await (await ResultsStore.OpenAsync(database.Path, TimeProvider.System, [.. Schema.Steps.Take(1)])).DisposeAsync();
        database.Ask<int>($$"""
            INSERT INTO sweeps VALUES (1, 'old', NULL, '', '', 'gpt', '{{metric}}', NULL, 50, 1, 1, 5, 'Running', 0, NULL, NULL, NULL);
            INSERT INTO configurations VALUES (1, 1, 0, 'a', 1, '{}');
            INSERT INTO stages VALUES (1, 1, NULL, 1, '{}', 0, 100, 100, 'Running', 1, 40, 0, 0, 0, NULL);
            INSERT INTO runs VALUES (1, 1, 1, 1, 100, 'Running', NULL);
            INSERT INTO run_stages VALUES (1, 0, 1);
            INSERT INTO metric_names VALUES (1, '{{metric}}');
            INSERT INTO metric_points VALUES (1, 1, 10, 3, 0, 0), (1, 1, 20, 5, 0, 0), (1, 1, 30, NULL, 0, 0), (1, 1, 40, 4, 0, 0);
            INSERT INTO metric_summaries VALUES (1, 1, 4, 3, 4, 40)
            """);
    }

    [Fact]
    public async Task What_older_files_call_stopped_is_paused_and_goes_on()
    {
        await using var database = new TestDatabase();
        Old(database, "Stopped");
        await using var brought = await database.OpenAsync();
        var sweep = (await brought.Queries.FindSweepAsync(1))!;
        Assert.Equal((SweepState.Paused, false), (sweep.State, sweep.IsStopping));
        await brought.ResumeSweepAsync(1);
        Assert.Equal(2, (await brought.BeginAttemptAsync(TestDatabase.Claim(1)))!.Number);
    }

    /// <summary>A file of the first schema: a sweep of one run with some points, whose first attempt has ended.</summary>
    private static void Old(TestDatabase database, string state) => database.Ask<int>(
        $"""
        {Schema.Steps[0]}
        INSERT INTO sweeps (id, name, file_text, file_hash, program, metric, priority, user_retries, memory_retries, machine_retries, state, created_at)
            VALUES (1, 'old', '', '', 'gpt', 'val_loss', 50, 1, 1, 5, '{state}', 0);
        INSERT INTO configurations VALUES (1, 1, 0, 'a', 1, '{"{}"}');
        INSERT INTO stages VALUES (1, 1, NULL, 1, '{"{}"}', 0, 100, 100, 'Ready', 1, 40, 0, 0, 0, NULL);
        INSERT INTO runs VALUES (1, 1, 1, 1, 100, 'Running', NULL);
        INSERT INTO run_stages VALUES (1, 0, 1);
        INSERT INTO attempts VALUES (1, 1, 'here', 0, '', 0, 0, 0, 'Stopped', 40, 0, NULL);
        INSERT INTO metric_names VALUES (1, 'val_loss');
        INSERT INTO metric_points VALUES (1, 1, 10, 3, 0, 0), (1, 1, 20, 5, 0, 0), (1, 1, 30, NULL, 0, 0), (1, 1, 40, 4, 0, 0);
        INSERT INTO metric_summaries VALUES (1, 1, 4, 3, 4, 40);
        PRAGMA application_id = {Schema.ApplicationId};
        PRAGMA user_version = 1
        """);

    [Fact]
    public async Task A_step_that_fails_leaves_the_file_as_it_was()
    {
        await using var database = new TestDatabase();
        await using (var store = await database.OpenAsync()) await store.CreateSweepAsync(TestDatabase.Separate(2, 1, 10));
        string[] steps = [.. Schema.Steps, "ALTER TABLE sweeps ADD COLUMN owner TEXT", "ALTER TABLE nowhere ADD COLUMN x TEXT"];
        await Assert.ThrowsAnyAsync<Exception>(() => ResultsStore.OpenAsync(database.Path, TimeProvider.System, steps));
        Assert.Equal(Schema.Steps.Count, database.Ask<int>("PRAGMA user_version"));
        await using var again = await database.OpenAsync();
        Assert.Equal("separate", (await again.Queries.FindSweepAsync("1"))!.Name);
    }

    [Fact]
    public async Task A_file_of_a_newer_schema_is_refused_unchanged_for_writing_and_for_reading()
    {
        await using var database = new TestDatabase();
        await (await database.OpenAsync()).DisposeAsync();
        database.Ask<int>("PRAGMA user_version = 99");
        var before = File.ReadAllBytes(database.Path);

        var writing = await Assert.ThrowsAsync<ResultsException>(database.OpenAsync);
        Assert.Equal(ResultsFailure.NewerSchema, writing.Failure);
        Assert.Contains("newer version of sweeps (schema 99", writing.Message);
        var reading = await Assert.ThrowsAsync<ResultsException>(() => ResultsQueries.OpenAsync(database.Path));
        Assert.Equal(writing.Message, reading.Message);
        Assert.Equal(before, File.ReadAllBytes(database.Path));
    }

    [Theory]
    [InlineData("this is a text, not a database; it is long enough to have a header of a hundred bytes and then some more text")]
    [InlineData("SQLite format 3\0 and then nothing that makes sense to a reader of databases, over more than a hundred bytes in total")]
    public async Task A_file_that_is_no_database_is_refused_in_one_sentence(string text)
    {
        await using var database = new TestDatabase();
        File.WriteAllText(database.Path, text);
        var exception = await Assert.ThrowsAsync<ResultsException>(database.OpenAsync);
        Assert.Equal(ResultsFailure.Corrupt, exception.Failure);
        Assert.Contains(database.Path, exception.Message);
        Assert.Equal(text, File.ReadAllText(database.Path));
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_unchanged()
    {
        await using var database = new TestDatabase();
        database.Ask<int>("CREATE TABLE recipes (id INTEGER)");
        var before = File.ReadAllBytes(database.Path);
        var exception = await Assert.ThrowsAsync<ResultsException>(database.OpenAsync);
        Assert.Contains("another program", exception.Message);
        Assert.Equal(before, File.ReadAllBytes(database.Path));
    }

    [Fact]
    public async Task Reading_where_there_is_nothing_says_what_makes_results()
    {
        await using var database = new TestDatabase();
        var exception = await Assert.ThrowsAsync<ResultsException>(() => ResultsQueries.OpenAsync(database.Path));
        Assert.Contains("sweeps run", exception.Message);
        Assert.False(File.Exists(database.Path));
    }
}
