using System.Security.Cryptography;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>Workers whose machine does not see the head's directory of checkpoints.</summary>
public sealed class CheckpointTransferTests : IDisposable
{
    private const int Size = 3_000_000;

    private static readonly byte[] Earlier = Bytes(0);

    private static readonly WorkerOptions Quick = new()
    {
        BatchInterval = TimeSpan.FromMilliseconds(1), FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(20),
    };

    private readonly TemporaryDirectory directory = new();

    private string Cache => Path.Combine(directory.Path, "cache");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_checkpoint_is_sent_whole_after_its_points_though_the_connection_breaks_in_its_middle()
    {
        await using var head = await TestHead.StartAsync();
        head.Cuts = 2;
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, Assignment(head)));
        Assert.Equal(["loss 1", $"upload 1 of {Size} bytes", "finish Completed 1"], head.Log);
        Assert.Equal(3, head.Requests - 2);
    }

    [Fact]
    public async Task What_was_sent_is_kept_for_the_next_stage_alone()
    {
        await using var head = await TestHead.StartAsync();
        await RunAsync(head, Assignment(head));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(directory.Path, "checkpoints")));
        Assert.Equal(Bytes(1), await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Cache)), TestContext.Current.CancellationToken));

        // The next stage on this machine does not ask the head for it.
        var next = Assignment(head) with { FromStep = 1, ToStep = 2, ResumeFrom = "/head/checkpoints/6/1/step-00000001.safetensors", ResumeSha256 = Sha256(Bytes(1)) };
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, next));
        Assert.Equal(0, head.Downloads);
    }

    [Fact]
    public async Task Of_checkpoints_that_wait_for_the_network_only_the_last_is_sent()
    {
        await using var head = await TestHead.StartAsync((head, what) => what == "upload" && !head.IsOpen ? 503 : null);
        var assignment = Assignment(head) with { ToStep = 4 };
        var attempt = RunAsync(head, assignment, program =>
        {
            if (program.Step == 4) head.IsOpen = true;
        });
        Assert.Equal(WorkerExitCode.Completed, await attempt);
        Assert.Equal(["loss 1", "loss 2", "loss 3", "loss 4"], head.Log.Where(line => line.StartsWith("loss", StringComparison.Ordinal)));
        Assert.Equal($"upload 4 of {Size} bytes", head.Log.Last(line => line.StartsWith("upload", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFiles(assignment.CheckpointDirectory));
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        await using var head = await TestHead.StartAsync();
        head.Resume = Earlier;
        head.Cuts = 1;
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, Resuming(head)));
        Assert.Equal(2, head.Downloads);
    }

    [Fact]
    public async Task Several_attempts_that_begin_with_the_same_checkpoint_fetch_it_once()
    {
        await using var head = await TestHead.StartAsync();
        head.Resume = Earlier;
        var attempts = Enumerable.Range(1, 4).Select(number => Resuming(head) with
        {
            StageId = number, SpoolDirectory = Path.Combine(directory.Path, $"{number}"), CheckpointDirectory = Path.Combine(directory.Path, $"checkpoints-{number}"),
        });
        Assert.All(await Task.WhenAll(attempts.Select(assignment => RunAsync(head, assignment))), code => Assert.Equal(WorkerExitCode.Completed, code));
        Assert.Equal(1, head.Downloads);
    }

    [Fact]
    public async Task The_cache_forgets_what_was_not_used_for_the_longest_time_but_not_what_a_worker_needs()
    {
        await using var head = await TestHead.StartAsync();
        head.Resume = Earlier;
        var assignment = Resuming(head);
        assignment = assignment with { Transfer = assignment.Transfer! with { CacheBytes = Size } };
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, assignment));
        Assert.Equal(Sha256(Bytes(2)) + ".safetensors", Path.GetFileName(Assert.Single(Directory.GetFiles(Cache)))); // its own later checkpoint

        Directory.Delete(Cache, recursive: true);
        assignment = assignment with { Transfer = assignment.Transfer! with { CacheBytes = 1 } };
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, assignment));
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public async Task A_file_of_the_cache_that_is_damaged_is_fetched_anew()
    {
        await using var head = await TestHead.StartAsync();
        head.Resume = Earlier;
        Directory.CreateDirectory(Cache);
        await File.WriteAllBytesAsync(Path.Combine(Cache, Sha256(Earlier) + ".safetensors"), Bytes(9), TestContext.Current.CancellationToken);
        Assert.Equal(WorkerExitCode.Completed, await RunAsync(head, Resuming(head)));
        Assert.Equal(1, head.Downloads);
    }

    [Fact]
    public async Task A_head_that_has_another_content_or_none_is_told_that_the_checkpoint_is_damaged()
    {
        await using var head = await TestHead.StartAsync();
        head.Resume = Bytes(9);
        Assert.Equal(WorkerExitCode.DamagedCheckpoint, await RunAsync(head, Resuming(head)));
        Assert.Equal((AttemptOutcome.DamagedCheckpoint, 3), (head.Finish!.Outcome, head.Downloads));

        await using var empty = await TestHead.StartAsync((_, what) => what == "resume" ? 404 : null);
        Assert.Equal(WorkerExitCode.DamagedCheckpoint, await RunAsync(empty, Resuming(empty)));
    }

    [Theory]
    [InlineData("upload")]
    [InlineData("resume")]
    public async Task A_fenced_attempt_ends_at_its_transfer(string transfer)
    {
        await using var head = await TestHead.StartAsync((_, what) => what == transfer ? 409 : null);
        Assert.Equal(WorkerExitCode.Fenced, await RunAsync(head, Resuming(head) with { ResumeFrom = transfer == "resume" ? "x" : null }));
        Assert.Null(head.Finish);
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_end_does_not_wait_for_a_checkpoint_that_does_not_come()
    {
        using var stop = new CancellationTokenSource();
        await using var head = await TestHead.StartAsync((head, what) =>
        {
            if (what == "resume") stop.Cancel();
            return what == "resume" ? 503 : null;
        });
        Assert.Equal(WorkerExitCode.Stopped, await RunAsync(head, Resuming(head), stop: stop.Token));
        Assert.Equal(AttemptOutcome.Stopped, head.Finish!.Outcome);
    }

    private Assignment Assignment(TestHead head) => directory.Assignment(head.Url, toStep: 1) with { Transfer = new CheckpointTransfer(Cache, 1L << 30) };

    private Assignment Resuming(TestHead head) => Assignment(head) with { FromStep = 1, ToStep = 2, ResumeFrom = "/head/checkpoints/6/1/step-00000001.safetensors", ResumeSha256 = Sha256(Earlier) };

    private static Task<int> RunAsync(TestHead head, Assignment assignment, Action<FileProgram>? atStep = null, CancellationToken stop = default)
    {
        Assert.NotNull(head);
        return new Attempt(assignment, given => new FileProgram(given, atStep), Quick).RunAsync(stop);
    }

    private static byte[] Bytes(int step)
    {
        var bytes = new byte[Size];
        new Random(step).NextBytes(bytes);
        return bytes;
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Leaves a file of some size at each step, and begins with the one that it should, bit for bit.</summary>
    private sealed class FileProgram : IStageProgram
    {
        private readonly Action<FileProgram>? atStep;

        public FileProgram(Assignment assignment, Action<FileProgram>? atStep)
        {
            this.atStep = atStep;
            Step = assignment.FromStep;
            if (assignment.ResumeFrom is { } path) Assert.Equal(assignment.ResumeSha256, Sha256(File.ReadAllBytes(path)));
        }

        public int Step { get; private set; }

        public string Description => "writes files";

        public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint, CancellationToken stop)
        {
            Directory.CreateDirectory(checkpointDirectory);
            while (Step < toStep)
            {
                Step++;
                onPoint(new MetricPoint("loss", Step, 1, Step, Step));
                var path = Path.Combine(checkpointDirectory, $"{Step}");
                File.WriteAllBytes(path, Bytes(Step));
                onCheckpoint(new CheckpointNotice(Step, path, Sha256(Bytes(Step)), Size));
                atStep?.Invoke(this);
            }
            return true;
        }

        public void Dispose() { }
    }
}
