using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Records;

namespace Sweeps.Results.Tests;

public abstract class WriterTests(TestServer server)
{
    [Fact]
    public async Task Operations_that_wait_together_are_committed_together()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        using var gate = new ManualResetEventSlim();
        var first = await OccupyAsync(store, gate);
        var others = Enumerable.Range(0, 100).Select(i => store.DecideAsync(session =>
        {
            session.AddEvent(null, "test", $"{i}");
            // What an earlier operation of the group wrote is seen, although another connection does not see it yet.
            return (Seen: session.Context.Events.Count(), Committed: database.Ask<int>("SELECT count(*) FROM events"));
        })).ToArray();
        gate.Set();
        await first;
        var answers = await Task.WhenAll(others);
        Assert.Equal(Enumerable.Range(1, 100), answers.Select(answer => answer.Seen));
        Assert.All(answers, answer => Assert.Equal(0, answer.Committed));
        Assert.Equal(100, database.Ask<int>("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task A_refused_operation_undoes_itself_and_nothing_beside_it()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        using var gate = new ManualResetEventSlim();
        var first = await OccupyAsync(store, gate);
        var others = Enumerable.Range(0, 20).Select(i => store.DecideAsync(session =>
        {
            session.AddEvent(null, "test", $"{i}");
            session.Flush();
            return i % 5 == 2 ? throw new InvalidOperationException("refused") : i;
        })).ToArray();
        gate.Set();
        await first;
        for (var i = 0; i < 20; i++)
        {
            if (i % 5 == 2) await Assert.ThrowsAsync<InvalidOperationException>(() => others[i]);
            else Assert.Equal(i, await others[i]);
        }
        var texts = (await store.Queries.EventsAsync()).Select(happened => happened.Text);
        Assert.Equal(Enumerable.Range(0, 20).Where(i => i % 5 != 2).Select(i => $"{i}"), texts);
    }

    [Fact]
    public async Task An_operation_that_the_file_refuses_fails_alone()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        using var gate = new ManualResetEventSlim();
        var first = await OccupyAsync(store, gate);
        var before = store.DecideAsync(session => { session.AddEvent(null, "test", "before"); return 0; });
        var culprit = store.DecideAsync(session =>
            session.Context.Database.ExecuteSqlRaw("INSERT INTO machines (id) VALUES ('no slots')"));
        var after = store.DecideAsync(session => { session.AddEvent(null, "test", "after"); return 0; });
        gate.Set();
        await Task.WhenAll(first, before, after);
        await Assert.ThrowsAnyAsync<Exception>(() => culprit);
        Assert.Equal(["before", "after"], (await store.Queries.EventsAsync()).Select(happened => happened.Text));
        Assert.False(store.StorageFailure.IsCompleted);
    }

    [Fact]
    public async Task A_reader_does_not_wait_for_a_write_under_way()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var sweep = await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
        using var written = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var write = store.DecideAsync(session =>
        {
            session.Context.Sweeps.Find(sweep)!.Verdict = "new";
            session.Flush();
            written.Set();
            gate.Wait();
            return 0;
        });
        written.Wait();
        Assert.Null((await store.Queries.FindSweepAsync("1"))!.Verdict);
        gate.Set();
        await write;
        Assert.Equal("new", (await store.Queries.FindSweepAsync("1"))!.Verdict);
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_refuses_what_comes_later()
    {
        await using var database = server.New();
        var store = await database.OpenAsync();
        var writes = Enumerable.Range(0, 3000).Select(i => store.WritePointsAsync(session =>
        {
            session.AddEvent(null, "test", $"{i}");
            return i;
        })).ToArray();
        await store.DisposeAsync();
        var stored = (await Task.WhenAll(writes.Select(async write => { try { await write; return 1; } catch (ObjectDisposedException) { return 0; } }))).Sum();
        Assert.InRange(stored, 1, 3000);
        Assert.Equal(stored, database.Ask<int>("SELECT count(*) FROM events"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.PauseSweepAsync(1));
    }

    [Fact]
    public async Task Answers_survive_reopening()
    {
        await using var database = server.New();
        await using (var store = await database.OpenAsync())
        {
            var id = await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
            await store.SetAnswerAsync(id, "two heads are better", "{\"n\":1}");
            await store.PauseSweepAsync(id);
        }
        await using var again = await database.OpenAsync();
        var sweep = await again.Queries.FindSweepAsync("separate");
        Assert.Equal(("two heads are better", "{\"n\":1}", SweepState.Paused), (sweep!.Verdict, sweep.SummaryJson, sweep.State));
    }

    /// <summary>Makes the writer begin an operation, alone in its group, that lasts until the gate opens: what is queued meanwhile waits together.</summary>
    /// <returns>The operation, under way.</returns>
    private static async Task<Task<int>> OccupyAsync(ResultsStore store, ManualResetEventSlim gate)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = store.DecideAsync(_ =>
        {
            entered.SetResult();
            gate.Wait();
            return 0;
        });
        await entered.Task;
        return operation;
    }
}

public sealed class WriterSqliteTests() : WriterTests(TestServer.File)
{
    [Fact]
    public async Task Decisions_are_synced_and_metric_points_alone_are_not()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
        Assert.Equal(2, await store.DecideAsync(Synchronous));
        Assert.Equal(1, await store.WritePointsAsync(Synchronous));
        Assert.Equal(2, await store.DecideAsync(Synchronous));

        static int Synchronous(Writing.WriteSession session) =>
            session.Context.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").Single();
    }

    [Fact]
    public async Task A_closed_database_is_one_file_again()
    {
        await using var database = new TestDatabase();
        await using (var store = await database.OpenAsync())
        {
            await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
            Assert.Single(await store.Queries.SweepsAsync());
            Assert.True(File.Exists(database.Path + "-wal"));
        }
        Assert.Equal([database.Path, database.Path + ".lock"], Directory.GetFiles(database.Directory).Order());
    }
}

public sealed class WriterPostgresTests(PostgresTestServer server) : WriterTests(server)
{
    [Fact]
    public async Task Decisions_and_metric_points_are_synced()
    {
        await using var database = server.New();
        database.Ask<int>("DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET synchronous_commit = off'; END $$");
        await using var store = await database.OpenAsync();
        Assert.Equal("on", await store.DecideAsync(Synchronous));
        Assert.Equal("on", await store.WritePointsAsync(Synchronous));

        static string Synchronous(Writing.WriteSession session) =>
            session.Context.Database.SqlQueryRaw<string>("SELECT current_setting('synchronous_commit') AS \"Value\"").Single();
    }
}
