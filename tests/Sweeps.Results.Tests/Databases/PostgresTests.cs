using Microsoft.EntityFrameworkCore;
using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Databases;
using Sweeps.Results.Exports;
using Sweeps.Results.Files;
using Sweeps.Results.Integrity;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests.Databases;

/// <summary>What a server's database has that a file has not: several writers, connections that are lost, and the same tables by other words.</summary>
public sealed class PostgresTests(PostgresTestServer server)
{
    private const int Stages = 60;

    [Fact]
    public async Task Of_a_stage_that_two_heads_claim_at_once_one_has_the_attempt_and_what_both_report_counts_once()
    {
        var address = server.NewAddress();
        await using var first = await ResultsStore.OpenAsync(address, isShared: true);
        await using var second = await ResultsStore.OpenAsync(address, isShared: true);
        ResultsStore[] heads = [first, second];
        await first.CreateSweepAsync(Separate(Stages, 1, 10));

        var claims = await OfBoth((head, stage) => head.BeginAttemptAsync(Claim(stage)));
        Assert.All(claims, answers => Assert.Single(answers, answer => answer is { Number: 1 }));

        var batch = Enumerable.Range(1, 10).Select(step => Point(step, 1.0 / step)).ToArray();
        Assert.All(await OfBoth((head, stage) => head.RecordPointsAsync(stage, 1, batch)), answers => Assert.Equal([AttemptStanding.Continue, AttemptStanding.Continue], answers));
        Assert.All(await OfBoth((head, stage) => head.RecordCheckpointAsync(stage, 1, Checkpoint(10))), answers => Assert.DoesNotContain(AttemptStanding.Fenced, answers));
        Assert.All(await OfBoth((head, stage) => head.EndAttemptAsync(stage, 1, Completed(10))), answers => Assert.Equal([false, true], answers.Order()));

        Assert.All(await second.Queries.RunsAsync(1), run => Assert.Equal((RunState.Completed, 0.1), (run.State, run.Last)));
        Assert.Equal(Stages * 10, (await first.Queries.CountsAsync()).Points);
        Assert.Equal(SweepState.Completed, (await first.Queries.FindSweepAsync(1))!.State);
        Assert.Single(await first.Queries.EventsAsync(limit: 10_000), happened => happened.Kind == "sweep.completed");
        // Of checkpoints there are but the names here.
        Assert.All((await DatabaseExamination.RunAsync(address, deep: true)).Findings, finding => Assert.Contains("checkpoints missing", finding.Problem));

        async Task<T[][]> OfBoth<T>(Func<ResultsStore, long, Task<T>> ask) =>
            await Task.WhenAll(Enumerable.Range(1, Stages).Select(stage => Task.WhenAll(heads.Select(head => Task.Run(() => ask(head, stage))))));
    }

    [Fact]
    public async Task Sweeps_that_two_heads_store_at_once_do_not_mix_and_events_are_seen_in_their_order()
    {
        var address = server.NewAddress();
        await using var first = await ResultsStore.OpenAsync(address, isShared: true);
        await using var second = await ResultsStore.OpenAsync(address, isShared: true);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            var seen = new List<long>();
            while (true)
            {
                var isLast = done.IsCancellationRequested;
                seen.AddRange((await first.Queries.EventsAsync(seen.LastOrDefault())).Select(happened => happened.Id));
                if (isLast) return seen;
            }
        });
        var stores = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? first : second).CreateSweepAsync(Separate(1 + (i % 3), 2, 10, $"sweep{i}")))));
        await done.CancelAsync();
        Assert.Equal((await second.Queries.EventsAsync()).Select(happened => happened.Id), await reading);
        foreach (var id in stores)
        {
            var sweep = (await second.Queries.FindSweepAsync(id))!;
            var configurations = 1 + (int.Parse(sweep.Name[5..], System.Globalization.CultureInfo.InvariantCulture) % 3);
            Assert.Equal((configurations, 2 * configurations), ((await second.Queries.ConfigurationsAsync(id)).Count, (await second.Queries.RunsAsync(id)).Count));
        }
    }

    [Fact]
    public async Task A_head_alone_keeps_others_out_and_is_named_to_them()
    {
        var address = server.NewAddress();
        await using (await ResultsStore.OpenAsync(address))
        {
            foreach (var isShared in new[] { false, true })
            {
                var refused = await Assert.ThrowsAsync<ResultsException>(() => ResultsStore.OpenAsync(address, isShared: isShared));
                Assert.Equal(ResultsFailure.InUse, refused.Failure);
                Assert.Contains($"process {Environment.ProcessId}", refused.Message);
            }
        }
        await using var shared = await ResultsStore.OpenAsync(address, isShared: true);
        Assert.Equal(ResultsFailure.InUse, (await Assert.ThrowsAsync<ResultsException>(() => ResultsStore.OpenAsync(address))).Failure);
    }

    [Fact]
    public async Task Heads_that_begin_together_on_an_empty_database_make_its_tables_once()
    {
        var address = server.NewAddress();
        var heads = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ResultsStore.OpenAsync(address, isShared: true)));
        foreach (var head in heads) await head.CreateSweepAsync(Separate(1, 1, 10));
        Assert.Equal(4, (await heads[0].Queries.SweepsAsync()).Count);
        foreach (var head in heads) await head.DisposeAsync();
    }

    [Fact]
    public async Task Every_table_has_the_columns_and_indices_that_a_file_has()
    {
        await using var file = new TestDatabase();
        await using var database = server.New();
        await (await file.OpenAsync()).DisposeAsync();
        await (await database.OpenAsync()).DisposeAsync();
        Assert.Equal(
            file.Ask<string>("SELECT string_agg(t.name || '.' || c.name, ' ' ORDER BY t.name, c.name) FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"),
            database.Ask<string>("SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\") FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('schema_version', 'writers')"));
        Assert.Equal(
            file.Ask<string>("SELECT string_agg(name, ' ' ORDER BY name) FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'"),
            database.Ask<string>("SELECT string_agg(indexname, ' ' ORDER BY indexname COLLATE \"C\") FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'"));
    }

    [Fact]
    public async Task An_older_schema_is_brought_forward_with_what_is_in_it_and_a_step_that_fails_changes_nothing()
    {
        await using var database = server.New();
        await using (var store = await database.OpenAsync()) await store.CreateSweepAsync(Separate(1, 1, 10));
        string[] steps = [.. Schema.Steps, "ALTER TABLE sweeps ADD COLUMN owner TEXT"];
        await Assert.ThrowsAnyAsync<Exception>(() => ResultsStore.OpenAsync(database.Path, TimeProvider.System, [.. steps, "ALTER TABLE nowhere ADD COLUMN x TEXT"]));
        Assert.Equal(Schema.Steps.Count, database.Ask<int>("SELECT version FROM schema_version"));
        await using (var store = await ResultsStore.OpenAsync(database.Path, TimeProvider.System, steps)) Assert.Single(await store.Queries.SweepsAsync());
        Assert.Equal(1, database.Ask<int>("SELECT count(*) FROM sweeps WHERE owner IS NULL"));

        var refused = await Assert.ThrowsAsync<ResultsException>(() => ResultsQueries.OpenAsync(database.Path));
        Assert.Equal(ResultsFailure.NewerSchema, refused.Failure);
        Assert.Equal(ResultsFailure.NewerSchema, (await Assert.ThrowsAsync<ResultsException>(() => database.OpenAsync())).Failure);
    }

    [Fact]
    public async Task Tables_of_another_program_are_left_alone()
    {
        await using var database = server.New();
        database.Ask<int>("CREATE TABLE sweeps (chimneys BIGINT)");
        Assert.Equal(ResultsFailure.Corrupt, (await Assert.ThrowsAsync<ResultsException>(() => database.OpenAsync())).Failure);
        Assert.Equal(1, database.Ask<int>("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"));
    }

    [Fact]
    public async Task A_database_without_tables_has_no_results_and_one_that_is_not_there_is_named_with_what_makes_it()
    {
        var address = server.NewAddress();
        Assert.Null(await ResultsQueries.OpenIfExistsAsync(address));
        var missing = await Assert.ThrowsAsync<ResultsException>(() => ResultsQueries.OpenAsync(address.Replace("@/test", "@/missing", StringComparison.Ordinal)));
        Assert.Contains("createdb", missing.Message);
        var nobody = await Assert.ThrowsAsync<ResultsException>(() => ResultsStore.OpenAsync("postgres://sweeps@127.0.0.1:1/sweeps"));
        Assert.Equal(ResultsFailure.Inaccessible, nobody.Failure);
        Assert.Contains("does not answer", nobody.Message);
    }

    [Fact]
    public void Whether_the_last_transaction_was_committed_is_known_after_the_connection_is_lost()
    {
        var database = ResultsDatabase.Of(server.NewAddress());
        using (var writing = database.OpenForWriting(Schema.Steps))
        using (var transaction = writing.Begin(isDurable: true)) transaction.Commit();
        using (var writing = database.OpenForWriting(Schema.Steps))
        {
            Assert.True(writing.HasCommitted());
            using var transaction = writing.Begin(isDurable: true);
        }
        using (var writing = database.OpenForWriting(Schema.Steps)) Assert.False(writing.HasCommitted());
    }

    [Fact]
    public async Task A_summary_that_differs_from_its_points_is_found_and_an_export_makes_it_anew()
    {
        await using var database = server.New();
        await using var mended = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(2, 1, 1000));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [.. Enumerable.Range(1, 500).Select(step => Point(step, 1.0 / step))]);
        Assert.Empty((await DatabaseExamination.RunAsync(database.Path, deep: true)).Findings);
        database.Ask<int>("UPDATE metric_summaries SET last = 7");
        Assert.Contains("summaries of val_loss of stage 1", Assert.Single((await DatabaseExamination.RunAsync(database.Path, deep: false)).Findings).Problem);
        await SweepExport.SaveAsync(store.Queries, 1, ExportFormat.Sqlite, mended.Path);
        Assert.Empty((await DatabaseExamination.RunAsync(mended.Path, deep: true)).Findings);
    }

    [Fact]
    public async Task A_server_that_dies_while_heads_write_and_comes_back_has_lost_nothing_and_nothing_twice()
    {
        // Its own, since it dies.
        using var mortal = new PostgresServer();
        var address = mortal.NewAddress();
        await using var first = await ResultsStore.OpenAsync(address, isShared: true);
        await using var second = await ResultsStore.OpenAsync(address, isShared: true);
        await first.CreateSweepAsync(Separate(8, 1, 100_000));
        for (var stage = 1; stage <= 8; stage++) Assert.NotNull(await second.BeginAttemptAsync(Claim(stage)));
        var written = 0;
        using var done = new CancellationTokenSource();
        var writers = Enumerable.Range(1, 8).Select(stage => Task.Run(async () =>
        {
            var (head, steps) = (stage % 2 == 0 ? first : second, 0);
            for (; !done.IsCancellationRequested; Interlocked.Increment(ref written))
            {
                Assert.Equal(AttemptStanding.Continue, await head.RecordPointsAsync(stage, 1, [.. Enumerable.Range(steps, 20).Select(step => Point(step, step))]));
                steps += 20;
                if (stage > 4) await head.DecideAsync(session => { session.AddEvent(1, "test", $"{stage} {steps}"); return true; });
            }
            return steps;
        })).ToArray();
        for (var crash = 0; crash < 3; crash++)
        {
            for (var before = written; written < before + 40;) await Task.Delay(10);
            mortal.Kill();
            mortal.Start();
        }
        for (var before = written; written < before + 40;) await Task.Delay(10);
        await done.CancelAsync();
        var stored = await Task.WhenAll(writers);
        for (var stage = 1; stage <= 8; stage++)
            Assert.Equal(Enumerable.Range(0, stored[stage - 1]).Select(step => (double)step), (await first.Queries.CurveAsync(stage, "val_loss")).Select(point => point.Value));
        Assert.Equal(
            Enumerable.Range(5, 4).SelectMany(stage => Enumerable.Range(1, stored[stage - 1] / 20).Select(count => $"{stage} {count * 20}")).Order(),
            (await first.Queries.EventsAsync(limit: int.MaxValue)).Where(happened => happened.Kind == "test").Select(happened => happened.Text).Order());
        Assert.False(first.StorageFailure.IsCompleted || second.StorageFailure.IsCompleted);
        Assert.Empty((await DatabaseExamination.RunAsync(address, deep: true)).Findings);
    }

    [Fact]
    public async Task A_server_that_stays_away_is_a_failure_of_storage_in_one_sentence()
    {
        using var mortal = new PostgresServer();
        var database = new PostgresDatabase(PostgresAddress.Parse(mortal.NewAddress())) { Patience = TimeSpan.FromSeconds(1) };
        var store = await ResultsStore.OpenAsync(database, TimeProvider.System, Schema.Steps);
        await store.CreateSweepAsync(Separate(1, 1, 10));
        mortal.Kill();
        var failed = await Assert.ThrowsAsync<ResultsException>(() => store.PauseSweepAsync(1));
        Assert.Equal(ResultsFailure.Inaccessible, failed.Failure);
        Assert.Equal(failed.Message, (await store.StorageFailure).Message);
        Assert.Equal(ResultsFailure.Inaccessible, (await Assert.ThrowsAsync<ResultsException>(() => store.Queries.SweepsAsync())).Failure);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_text_that_PostgreSQL_cannot_store_is_refused_alone()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var refused = await Assert.ThrowsAsync<ResultsException>(() => store.CreateSweepAsync(Separate(1, 1, 10, "a\0b")));
        Assert.Equal(ResultsFailure.Refused, refused.Failure);
        await store.CreateSweepAsync(Separate(1, 1, 10));
        Assert.Equal("separate", Assert.Single(await store.Queries.SweepsAsync()).Sweep.Name);
    }
}
