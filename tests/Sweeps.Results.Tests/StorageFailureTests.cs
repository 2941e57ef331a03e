using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests;

public sealed class StorageFailureTests
{
    [Fact]
    public async Task A_second_owner_is_refused_and_told_the_pid_of_the_first()
    {
        await using var database = new TestDatabase();
        await using (await database.OpenAsync())
        {
            var exception = await Assert.ThrowsAsync<ResultsException>(database.OpenAsync);
            Assert.Equal(ResultsFailure.InUse, exception.Failure);
            Assert.Contains($"(pid {Environment.ProcessId})", exception.Message);
            Assert.NotEqual(0, Run("flock", "-n", database.Path + ".lock", "true"));
        }
        Assert.Equal(0, Run("flock", "-n", database.Path + ".lock", "true"));
        await (await database.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_lock_file_left_behind_by_a_dead_process_does_not_matter()
    {
        await using var database = new TestDatabase();
        File.WriteAllText(database.Path + ".lock", "");
        File.WriteAllText(database.Path + ".pid", "1");
        await (await database.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Another_process_may_read_while_one_writes()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
        var queries = await ResultsQueries.OpenAsync(database.Path);
        Assert.Single(await queries.SweepsAsync());
    }

    [Fact]
    public async Task A_full_database_fails_the_write_in_one_sentence_keeps_what_was_stored_and_goes_on_when_there_is_room()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
        var attempt = await store.BeginAttemptAsync(TestDatabase.Claim(1));
        await store.RecordPointsAsync(1, attempt!.Number, [TestDatabase.Point(1, 4.0)]);
        await store.DecideAsync(session => session.Context.Database.ExecuteSqlRaw("PRAGMA max_page_count = 1"));
        Assert.False(store.StorageFailure.IsCompleted);

        var many = Enumerable.Range(2, 20_000).Select(step => TestDatabase.Point(step, 3.0)).ToArray();
        var exception = await Assert.ThrowsAsync<ResultsException>(() => store.RecordPointsAsync(1, 1, many));

        Assert.Equal(ResultsFailure.DiskFull, exception.Failure);
        Assert.Contains("is full", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Same(exception, await store.StorageFailure);
        Assert.Equal(4.0, Assert.Single(await store.Queries.CurveAsync(1, "val_loss")).Value);

        await store.DecideAsync(session => session.Context.Database.ExecuteSqlRaw("PRAGMA max_page_count = 1000000"));
        await store.RecordPointsAsync(1, 1, many);
        Assert.Equal(20_001, (await store.Queries.CurveAsync(1, "val_loss")).Count);
    }

    [Fact]
    public async Task A_full_disk_and_a_read_only_one_are_told_apart()
    {
        var mount = Directory.CreateTempSubdirectory("sweeps-full-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount) == 0, "Mounting a file system needs root.");
        try
        {
            var path = Path.Combine(mount, "sweeps.db");
            await using (var store = await ResultsStore.OpenAsync(path))
            {
                await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10));
                await store.BeginAttemptAsync(TestDatabase.Claim(1));
                await store.RecordPointsAsync(1, 1, [TestDatabase.Point(1, 4.0)]);
                var many = Enumerable.Range(2, 100_000).Select(step => TestDatabase.Point(step, 3.0)).ToArray();
                var full = await Assert.ThrowsAsync<ResultsException>(() => store.RecordPointsAsync(1, 1, many));
                Assert.Equal(ResultsFailure.DiskFull, full.Failure);
                Assert.Single(await store.Queries.CurveAsync(1, "val_loss"));
            }
            await using (var store = await ResultsStore.OpenAsync(path)) Assert.Single(await store.Queries.CurveAsync(1, "val_loss"));

            Assert.Equal(0, Run("mount", "-o", "remount,ro", mount));
            var readOnly = await Assert.ThrowsAsync<ResultsException>(() => ResultsStore.OpenAsync(path));
            Assert.Equal(ResultsFailure.Inaccessible, readOnly.Failure);
            Assert.Contains(path, readOnly.Message);
        }
        finally
        {
            Run("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_said_in_one_sentence()
    {
        await using var database = new TestDatabase();
        File.WriteAllText(Path.Combine(database.Directory, "file"), "");
        var exception = await Assert.ThrowsAsync<ResultsException>(
            () => ResultsStore.OpenAsync(Path.Combine(database.Directory, "file", "sweeps.db")));
        Assert.Equal(ResultsFailure.Inaccessible, exception.Failure);
    }

    [Fact]
    public async Task A_damaged_database_is_said_in_one_sentence()
    {
        await using var database = new TestDatabase();
        await using (var store = await database.OpenAsync()) await store.CreateSweepAsync(TestDatabase.Separate(50, 2, 10));
        using (var file = File.OpenWrite(database.Path))
        {
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0x5a, (int)file.Length - 4096).ToArray());
        }
        var exception = await Assert.ThrowsAsync<ResultsException>(async () =>
        {
            await using var store = await database.OpenAsync();
            await store.Queries.SweepsAsync();
        });
        Assert.Equal(ResultsFailure.Corrupt, exception.Failure);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
