using Sweeps.Core.Protocol;
using Sweeps.Training;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker.Tests;

public sealed class AttemptTests : IDisposable
{
    private static readonly WorkerOptions Quick = new()
    {
        BatchInterval = TimeSpan.FromMilliseconds(1), FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(20),
    };

    private static readonly string[] Undisturbed =
    [
        .. Steps(1, 5), "checkpoint 5", .. Steps(6, 10), "checkpoint 10", .. Steps(11, 15), "checkpoint 15", .. Steps(16, 20), "checkpoint 20",
        "sample 0", "sample 1", "finish Completed 20",
    ];

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Everything_arrives_once_in_order_and_each_checkpoint_after_its_points()
    {
        await using var head = await TestHead.StartAsync();
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head.Url));
        Assert.Equal(Undisturbed, head.Log);
        Assert.False(File.Exists(directory.SpoolPath));
    }

    [Fact]
    public async Task Values_arrive_bit_for_bit_and_not_a_number_is_one()
    {
        await using var head = await TestHead.StartAsync();
        await RunAsync(head.Url);
        Assert.Equal(
            Enumerable.Range(1, 20).Select(step => new MetricPoint("loss", step, step == 3 ? double.NaN : 1.0 / step, step * 64, step * 0.5)), head.Points);
    }

    [Fact]
    public async Task Texts_arrive_as_they_were_written_and_before_the_end()
    {
        await using var head = await TestHead.StartAsync();
        await RunAsync(head.Url);
        Assert.Equal([new TextSample(0, 20, "Once", " upon a time \u202E<b>", null), new TextSample(1, 20, "2+2=", "5", "4")], head.Samples);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_head_with_a_passing_problem_misses_nothing(int status)
    {
        await using var head = await TestHead.StartAsync((head, _) => head.Requests % 3 == 0 ? null : status);
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head.Url));
        Assert.Equal(Undisturbed, head.Log);
    }

    [Fact]
    public async Task Training_does_not_wait_for_a_head_that_is_away_and_the_head_gets_everything_when_it_is_back()
    {
        var url = await FreeUrlAsync();
        var done = new TaskCompletionSource();
        var attempt = RunAsync(url, new ScriptedProgram(program =>
        {
            if (program.Step == 3000) done.SetResult();
        }), toStep: 3000);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await using var head = await TestHead.StartAsync(url: url);
        Assert.Equal(WorkerExitCode.Completed, await attempt);
        Assert.Equal(Enumerable.Range(1, 3000).Select(step => (long)step), head.Points.Select(point => point.Step));
        Assert.Equal(600, head.Checkpoints.Count);
        Assert.InRange(head.LargestBody, 1, 100_000);
    }

    [Fact]
    public async Task What_a_killed_process_of_the_attempt_left_is_sent_first()
    {
        using (var left = Spool.Open(directory.Path, "7-2"))
        {
            left.Append(new SpoolEntry(Point: new MetricPoint("left", 0, 1, 0, 0)));
            left.Append(new SpoolEntry(Checkpoint: new CheckpointNotice(0, "p", "h", 1)));
        }
        await using var head = await TestHead.StartAsync();
        await RunAsync(head.Url);
        Assert.Equal(["left 0", "checkpoint 0", .. Undisturbed], head.Log);
    }

    [Fact]
    public async Task A_worker_that_is_done_leaves_its_spool_when_the_head_stays_away_too_long()
    {
        var url = await FreeUrlAsync();
        Assert.Equal(WorkerExitCode.HeadUnreachable, await RunAsync(url, options: Quick with { Patience = TimeSpan.FromMilliseconds(50) }));
        await using var head = await TestHead.StartAsync(url: url);
        await RunAsync(url, new ScriptedProgram(), toStep: 0);
        Assert.Equal([.. Undisturbed[..^1], "checkpoint 0", "sample 0", "sample 1", "finish Completed 0"], head.Log);
    }

    [Fact]
    public async Task A_newer_attempt_ends_this_one_at_once()
    {
        await using var head = await TestHead.StartAsync((head, _) => head.Points.Count >= 5 ? 409 : null);
        using var release = new ManualResetEventSlim();
        // The training hangs in a step, and yet the attempt ends.
        var code = await RunAsync(head.Url, new ScriptedProgram(program =>
        {
            if (program.Step == 6) release.Wait();
        }));
        Assert.Equal(WorkerExitCode.Fenced, code);
        Assert.Null(head.Finish);
        release.Set();
    }

    [Fact]
    public async Task A_newer_attempt_that_shows_at_the_finish_fences_too()
    {
        await using var head = await TestHead.StartAsync((_, what) => what == "finish" ? 409 : null);
        Assert.Equal(WorkerExitCode.Fenced, await RunAsync(head.Url));
    }

    [Fact]
    public async Task A_head_that_does_not_know_the_token_ends_the_attempt_and_the_spool_stays()
    {
        await using var head = await TestHead.StartAsync();
        var assignment = directory.Assignment(head.Url) with { Token = "old" };
        Assert.Equal(WorkerExitCode.HeadUnreachable, await new Attempt(assignment, _ => new ScriptedProgram(), Quick).RunAsync(default));
        Assert.True(File.Exists(directory.SpoolPath));
    }

    [Fact]
    public async Task The_head_can_ask_for_a_checkpoint_and_an_early_end()
    {
        await using var head = await TestHead.StartAsync();
        head.Continue = false;
        var code = await RunAsync(head.Url, new ScriptedProgram(program =>
        {
            if (program.Step == 7) program.Stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
        }));
        Assert.Equal(WorkerExitCode.Stopped, code);
        Assert.Equal([.. Steps(1, 5), "checkpoint 5", "loss 6", "loss 7", "checkpoint 7", "finish Stopped 7"], head.Log);
    }

    [Fact]
    public async Task A_signal_asks_for_the_same()
    {
        await using var head = await TestHead.StartAsync();
        using var stop = new CancellationTokenSource();
        var program = new ScriptedProgram(program =>
        {
            if (program.Step == 2) stop.Cancel();
        });
        Assert.Equal(WorkerExitCode.Stopped, await new Attempt(directory.Assignment(head.Url), _ => program, Quick).RunAsync(stop.Token));
        Assert.Equal(["loss 1", "loss 2", "checkpoint 2", "finish Stopped 2"], head.Log);
    }

    public static TheoryData<Exception, int, AttemptOutcome, string> Failures => new()
    {
        { new TrainingException("No such data."), WorkerExitCode.UserError, AttemptOutcome.UserError, "No such data." },
        { new DamagedCheckpointException("It is cut off.", new IOException()), WorkerExitCode.DamagedCheckpoint, AttemptOutcome.DamagedCheckpoint, "It is cut off." },
        { new OutOfMemoryException("Too much."), WorkerExitCode.OutOfMemory, AttemptOutcome.OutOfMemory, "Too much." },
        {
            new InvalidOperationException("outer", new Exception("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried 8 bytes.")),
            WorkerExitCode.OutOfMemory, AttemptOutcome.OutOfMemory, "DefaultCPUAllocator"
        },
        {
            new Exception("CUDA out of memory. Tried to allocate 2.00 GiB"), WorkerExitCode.OutOfMemory, AttemptOutcome.OutOfMemory, "CUDA out of memory"
        },
        { new InvalidOperationException("A bug."), WorkerExitCode.UserError, AttemptOutcome.UserError, "at Sweeps.Worker.Tests.AttemptTests" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_failure_is_reported_after_the_points_that_came_before_it(Exception exception, int exitCode, AttemptOutcome outcome, string text)
    {
        await using var head = await TestHead.StartAsync();
        var code = await RunAsync(head.Url, new ScriptedProgram(program =>
        {
            if (program.Step == 4) throw exception;
        }));
        Assert.Equal(exitCode, code);
        Assert.Equal([.. Steps(1, 4), $"finish {outcome} 4"], head.Log);
        Assert.Contains(text, head.Finish!.Error);
    }

    private static IEnumerable<string> Steps(int first, int last) => Enumerable.Range(first, last - first + 1).Select(step => $"loss {step}");

    private static async Task<string> FreeUrlAsync()
    {
        await using var head = await TestHead.StartAsync();
        return head.Url;
    }

    private Task<int> RunAsync(string url, ScriptedProgram? program = null, int toStep = 20, WorkerOptions? options = null) =>
        new Attempt(directory.Assignment(url, toStep), _ => program ?? new ScriptedProgram(), options ?? Quick).RunAsync(CancellationToken.None);
}
