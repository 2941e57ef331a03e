using System.Diagnostics;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>The worker as an agent runs it: a process with the path of an assignment, training a small GPT.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_stage_is_trained_and_reported()
    {
        await using var head = await TestHead.StartAsync();
        var (code, _) = await RunAsync(directory.Assignment(head.Url));
        Assert.Equal(WorkerExitCode.Completed, code);
        Assert.Equal([0, 10, 20], head.Points.Where(point => point.Metric == "val_loss").Select(point => point.Step));
        Assert.Equal(Enumerable.Range(0, 20).Select(step => (long)step), head.Points.Where(point => point.Metric == "train_loss").Select(point => point.Step));
        Assert.Equal([5, 10, 15, 20], head.Checkpoints.Select(checkpoint => checkpoint.Step));
        Assert.Equal("finish Completed 20", head.Log.Last());
    }

    [Fact]
    public async Task A_killed_worker_goes_on_from_its_last_checkpoint_and_the_losses_are_those_of_an_undisturbed_run()
    {
        var undisturbed = await LossesOfUndisturbedRunAsync();

        await using var head = await TestHead.StartAsync();
        var assignment = directory.Assignment(head.Url, toStep: 400);
        using (var worker = Start(assignment))
        {
            await head.WaitFor("checkpoint 10");
            worker.Kill();
            await worker.WaitForExitAsync();
            Assert.NotEqual(0, worker.ExitCode);
        }
        Assert.Null(head.Finish);
        var last = head.Checkpoints.Last();
        var (code, _) = await RunAsync(assignment with { Attempt = 3, ResumeFrom = last.Path });
        Assert.Equal(WorkerExitCode.Completed, code);
        Assert.Equal(undisturbed, Losses(head, upTo: 400));
    }

    [Fact]
    public async Task A_stopped_worker_leaves_a_checkpoint_to_go_on_from()
    {
        var undisturbed = await LossesOfUndisturbedRunAsync();

        await using var head = await TestHead.StartAsync();
        var assignment = directory.Assignment(head.Url, toStep: 400);
        using (var worker = Start(assignment))
        {
            await head.WaitFor("checkpoint 5");
            using var terminate = Process.Start("kill", ["-TERM", worker.Id.ToString()]);
            await worker.WaitForExitAsync();
            Assert.Equal(WorkerExitCode.Stopped, worker.ExitCode);
        }
        var last = head.Checkpoints.Last();
        Assert.Equal(new AttemptFinish(AttemptOutcome.Stopped, last.Step), head.Finish);
        var (code, _) = await RunAsync(assignment with { Attempt = 3, ResumeFrom = last.Path });
        Assert.Equal(WorkerExitCode.Completed, code);
        Assert.Equal(undisturbed, Losses(head, upTo: 400));
    }

    [Fact]
    public async Task A_fenced_worker_ends_with_its_own_exit_code()
    {
        await using var head = await TestHead.StartAsync((head, _) => head.Points.Count > 10 ? 409 : null);
        var (code, error) = await RunAsync(directory.Assignment(head.Url, toStep: 100_000));
        Assert.Equal(WorkerExitCode.Fenced, code);
        Assert.Contains("newer attempt", error);
    }

    [Theory]
    [InlineData("wdith", "16", "width")]
    [InlineData("data", "file:/no/such/file", "/no/such/file")]
    public async Task A_configuration_that_cannot_be_trained_is_the_users_error_in_one_sentence(string parameter, string value, string sentence)
    {
        await using var head = await TestHead.StartAsync();
        var assignment = directory.Assignment(head.Url);
        assignment = assignment with
        {
            Parameters = new Dictionary<string, ParameterValue>(assignment.Parameters) { [parameter] = ParameterValue.Of(value) },
        };
        var (code, error) = await RunAsync(assignment);
        Assert.Equal(WorkerExitCode.UserError, code);
        Assert.Equal(AttemptOutcome.UserError, head.Finish!.Outcome);
        Assert.Contains(sentence, head.Finish.Error);
        Assert.DoesNotContain("   at ", head.Finish.Error);
        Assert.Contains(sentence, error);
    }

    [Fact]
    public async Task A_stage_in_the_middle_of_a_run_needs_its_checkpoint()
    {
        await using var head = await TestHead.StartAsync();
        var (code, _) = await RunAsync(directory.Assignment(head.Url) with { FromStep = 10 });
        Assert.Equal(WorkerExitCode.UserError, code);
        Assert.Contains("no checkpoint", head.Finish!.Error);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("{}", "not an assignment")]
    [InlineData("rubbish", "not an assignment")]
    public async Task A_bad_assignment_file_is_one_sentence(string? content, string sentence)
    {
        var path = Path.Combine(directory.Path, "assignment.json");
        if (content is not null) await File.WriteAllTextAsync(path, content);
        var (code, error) = await EndAsync(Start(path));
        Assert.Equal(WorkerExitCode.UserError, code);
        Assert.Contains(sentence, error);
        Assert.Single(error.Trim().Split('\n'));
    }

    private async Task<Dictionary<(string, long), double>> LossesOfUndisturbedRunAsync()
    {
        await using var head = await TestHead.StartAsync();
        var assignment = directory.Assignment(head.Url, toStep: 400) with { CheckpointDirectory = Path.Combine(directory.Path, "undisturbed") };
        Assert.Equal(WorkerExitCode.Completed, (await RunAsync(assignment)).Code);
        return Losses(head, upTo: 400);
    }

    // As the head stores them: a point of a later attempt replaces the same point of an earlier one.
    private static Dictionary<(string, long), double> Losses(TestHead head, int upTo)
    {
        var losses = new Dictionary<(string, long), double>();
        foreach (var point in head.Points.Where(point => point.Metric is "val_loss" or "train_loss")) losses[(point.Metric, point.Step)] = point.Value;
        Assert.Equal(upTo + upTo / 10 + 1, losses.Count);
        return losses;
    }

    private Task<(int Code, string Error)> RunAsync(Assignment assignment) => EndAsync(Start(assignment));

    private static async Task<(int Code, string Error)> EndAsync(Process worker)
    {
        using (worker)
        {
            var output = worker.StandardOutput.ReadToEndAsync();
            var error = await worker.StandardError.ReadToEndAsync();
            await output;
            await worker.WaitForExitAsync();
            return (worker.ExitCode, error);
        }
    }

    private Process Start(Assignment assignment)
    {
        var path = Path.Combine(directory.Path, $"{assignment.AttemptId}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(assignment, Json.Options));
        return Start(path);
    }

    private static Process Start(string assignmentPath) => Process.Start(new ProcessStartInfo
    {
        FileName = "dotnet",
        ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Sweeps.Worker.dll"), assignmentPath },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["OMP_NUM_THREADS"] = "1" },
    })!;
}
