using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>The worker with programs of the user's: shell scripts as real child processes.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task What_a_program_prints_becomes_points_and_goes_to_the_log()
    {
        await using var head = await TestHead.StartAsync();
        var (code, output, error) = await RunAsync(Assignment(head,
            """
            echo "begins"
            echo "step 0: train loss 4.2, val loss 4.1"
            echo '{"step": 5, "loss": NaN, "tokens": 640}'
            echo "a warning" >&2
            printf 'step 10: train loss 3.2, val loss 3.1'
            """, "step {step}: train loss {train_loss}, val loss {val_loss}"));
        Assert.Equal(WorkerExitCode.Completed, code);
        Assert.Equal("test: attempt 7-2 starts sh script.sh\nbegins\nstep 0: train loss 4.2, val loss 4.1\n{\"step\": 5, \"loss\": NaN, \"tokens\": 640}\nstep 10: train loss 3.2, val loss 3.1\n", output);
        Assert.Equal("a warning\n", error);
        Assert.Equal([("train_loss", 0L, 4.2, 0L), ("val_loss", 0, 4.1, 0), ("loss", 5, double.NaN, 640), ("train_loss", 10, 3.2, 640), ("val_loss", 10, 3.1, 640)],
            head.Points.Select(point => (point.Metric, point.Step, point.Value, point.Tokens)));
        Assert.All(head.Points.Zip(head.Points.Skip(1)), pair => Assert.True(pair.First.Seconds > 0 && pair.First.Seconds <= pair.Second.Seconds));
        Assert.Equal(new AttemptFinish(AttemptOutcome.Completed, 10), head.Finish);
    }

    [Fact]
    public async Task A_program_is_told_its_parameters_and_what_it_runs_for_and_never_the_token()
    {
        await using var head = await TestHead.StartAsync();
        var assignment = Assignment(head,
            """
            for argument; do echo "argument $argument"; done
            pwd
            env | grep -E '^(SWEEPS|WANDB|PYTHONUNBUFFERED)' | sort
            echo "file $(cat "$6")"
            [ -t 0 ] || [ "$(cat)" = "" ] && echo "no input"
            """);
        assignment = assignment with
        {
            Threads = 3,
            Parameters = new Dictionary<string, ParameterValue> { ["lr"] = ParameterValue.Of(1e-5), ["model.wide"] = ParameterValue.Of(true), ["name"] = ParameterValue.Of("it's \"two\" words; $HOME") },
            Command = assignment.Command! with
            {
                Command = assignment.Command.Command with { Arguments = ["sh", "script.sh", "${args}", "seed=${envvar:SWEEPS_SEED}", "${args_json}", "${args_json_file}"], Groups = ["model"] },
            },
        };
        var (code, output, _) = await RunAsync(assignment);
        Assert.Equal(WorkerExitCode.Completed, code);
        var file = Path.Combine(directory.Path, "parameters.json");
        const string Json = """{"lr": 1e-05, "model": {"wide": true}, "name": "it's \"two\" words; $HOME"}""";
        string[] expected =
        [
            "argument --lr=1e-05", "argument --model={'wide': True}", "argument --name=it's \"two\" words; $HOME", "argument seed=1", $"argument {Json}", $"argument {file}",
            directory.Path, "PYTHONUNBUFFERED=1", "SWEEPS_ATTEMPT=2", "SWEEPS_ATTEMPT_ID=7-2", $"SWEEPS_DATA={directory.Path}/data", $"SWEEPS_PARAMETERS={Json}",
            $"SWEEPS_RESUME_DIR={directory.Path}/checkpoints", "SWEEPS_RUN_ID=5", "SWEEPS_SEED=1", "SWEEPS_STAGE_ID=7", "SWEEPS_SWEEP_ID=3", "SWEEPS_SWEEP_NAME=test", "SWEEPS_THREADS=3",
            "WANDB_RUN_ID=5", "WANDB_SWEEP_ID=3", $"file {Json}", "no input",
        ];
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n').Skip(1).Where(line => !line.StartsWith("SWEEPS_HEAD", StringComparison.Ordinal)));
        Assert.DoesNotContain(TestHead.Token, output);
    }

    [Theory]
    [InlineData("echo out; echo one >&2; echo two >&2; exit 3", AttemptOutcome.UserError, "The program ended with exit code 3:\none\ntwo")]
    [InlineData("echo out; exit 3", AttemptOutcome.UserError, "The program ended with exit code 3:\nout")]
    [InlineData("exit 3", AttemptOutcome.UserError, "The program ended with exit code 3 and said nothing.")]
    [InlineData("for i in $(seq 100); do echo line $i >&2; done; exit 1", AttemptOutcome.UserError, "The program ended with exit code 1:\nline 81\n")]
    [InlineData("echo 'torch.OutOfMemoryError: CUDA out of memory.' >&2; exit 1", AttemptOutcome.OutOfMemory, "CUDA out of memory")]
    [InlineData("kill -SEGV $$", AttemptOutcome.UserError, "The program ended with signal 11 (SIGSEGV) and said nothing.")]
    public async Task A_program_that_fails_is_explained_by_its_last_lines(string script, AttemptOutcome outcome, string text)
    {
        await using var head = await TestHead.StartAsync();
        var (code, _, _) = await RunAsync(Assignment(head, script));
        Assert.Equal(outcome == AttemptOutcome.OutOfMemory ? WorkerExitCode.OutOfMemory : WorkerExitCode.UserError, code);
        Assert.Equal(outcome, head.Finish!.Outcome);
        Assert.Contains(text, head.Finish.Error);
    }

    [Theory]
    [InlineData("KILL", "signal 9 (SIGKILL)")]
    [InlineData("TERM", "signal 15")]
    public async Task A_program_that_somebody_kills_is_lost_and_its_points_are_not(string signal, string text)
    {
        await using var head = await TestHead.StartAsync();
        var (code, _, error) = await RunAsync(Assignment(head, $$"""
            echo '{"step": 1, "loss": 2}'
            kill -{{signal}} $$
            """));
        Assert.Equal(WorkerExitCode.ProgramKilled, code);
        Assert.Contains(text, error);
        Assert.Null(head.Finish);
        Assert.Equal(["loss 1"], head.Log);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_or_has_no_directory_is_the_users_error()
    {
        await using var head = await TestHead.StartAsync();
        var assignment = Assignment(head, "");
        var (code, _, _) = await RunAsync(With(assignment, command => command with { Arguments = ["./no-such-program"] }));
        Assert.Equal((WorkerExitCode.UserError, AttemptOutcome.UserError), (code, head.Finish!.Outcome));
        Assert.Contains("exit code 127", head.Finish.Error);
        Assert.Contains("no-such-program: not found", head.Finish.Error);
        await RunAsync(With(assignment, command => command with { Directory = "/no/such/place" }));
        Assert.Contains("the directory /no/such/place, in which the command is started, does not exist", head.Finish.Error);
        await RunAsync(With(assignment, command => command with { Arguments = ["echo", "${envvar:SWEEPS_NO_SUCH_VARIABLE}"] }));
        Assert.Contains("needs the variable SWEEPS_NO_SUCH_VARIABLE", head.Finish.Error);
    }

    [Fact]
    public async Task A_stopped_program_gets_a_signal_and_may_save_its_work()
    {
        await using var head = await TestHead.StartAsync();
        // The signal reaches what the script has started too, and what that still prints is read.
        using var worker = Start(Assignment(head,
            """
            trap 'echo "{\"step\": 2, \"loss\": 1}"; echo saved > "$SWEEPS_RESUME_DIR/state"; exit 0' TERM
            echo '{"step": 1, "loss": 2}'
            sleep 1000 &
            wait
            """));
        await head.WaitFor("loss 1");
        Signal(worker, "TERM");
        var (code, _, _) = await EndAsync(worker);
        Assert.Equal(WorkerExitCode.Stopped, code);
        Assert.Equal(["loss 1", "loss 2", "finish Stopped 2"], head.Log);
        Assert.Equal("saved\n", File.ReadAllText(Path.Combine(directory.Path, "checkpoints", "state")));
    }

    [Fact]
    public async Task A_program_that_does_not_listen_is_killed_when_its_time_is_over()
    {
        await using var head = await TestHead.StartAsync();
        var assignment = Assignment(head, """
            trap '' TERM
            echo '{"step": 1, "loss": 2}'
            while :; do sleep 0.05; done
            """);
        using var worker = Start(assignment with { Command = assignment.Command! with { StopGrace = 0.2 } });
        await head.WaitFor("loss 1");
        Signal(worker, "TERM");
        Assert.Equal(WorkerExitCode.Stopped, (await EndAsync(worker)).Code);
        Assert.Equal(AttemptOutcome.Stopped, head.Finish!.Outcome);
    }

    [Fact]
    public async Task The_heads_wish_to_stop_reaches_the_program()
    {
        await using var head = await TestHead.StartAsync();
        head.Continue = false;
        var (code, _, _) = await RunAsync(Assignment(head, """
            echo '{"step": 1, "loss": 2}'
            sleep 1000
            """));
        Assert.Equal(WorkerExitCode.Stopped, code);
    }

    [Fact]
    public async Task A_killed_worker_takes_the_program_and_all_that_it_started_with_it()
    {
        await using var head = await TestHead.StartAsync();
        using var worker = Start(Assignment(head,
            """
            trap '' TERM HUP
            sh -c 'trap "" TERM HUP; echo $$ > child.new; mv child.new child; while :; do sleep 0.05; done' >/dev/null 2>&1 &
            while [ ! -e child ]; do sleep 0.05; done
            echo $$ > parent
            echo '{"step": 1, "loss": 2}'
            wait
            """));
        await head.WaitFor("loss 1");
        var processes = new[] { "parent", "child" }.Select(name => int.Parse(File.ReadAllText(Path.Combine(directory.Path, name)), CultureInfo.InvariantCulture)).ToArray();
        Assert.All(processes, process => Assert.True(IsAlive(process)));
        worker.Kill();
        await EndAsync(worker);
        foreach (var process in processes) await EndOfAsync(process);
    }

    [Fact]
    public async Task What_a_killed_worker_had_not_delivered_can_be_delivered_after_it()
    {
        await using var head = await TestHead.StartAsync((head, what) => head.Log.Contains("loss 1") && what == "points" && !head.IsOpen ? 503 : null);
        var assignment = Assignment(head, """
            echo '{"step": 1, "loss": 2}'
            while [ ! -e go ]; do sleep 0.05; done
            echo '{"step": 2, "loss": 1}'
            echo '{"step": 3, "loss": 0.5}'
            sleep 1000
            """);
        using var worker = Start(assignment);
        await head.WaitFor("loss 1");
        File.WriteAllText(Path.Combine(directory.Path, "go"), "");
        // The second line is in the spool before the third is printed to the log.
        while (await worker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "{\"step\": 3, \"loss\": 0.5}") { }
        worker.Kill();
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["loss 1"], head.Log);
        head.IsOpen = true;
        using var deliver = Start(assignment, "deliver");
        Assert.Equal(WorkerExitCode.Completed, (await EndAsync(deliver)).Code);
        // The acknowledgement of the first may not have reached the worker: then it comes again, which changes nothing.
        Assert.Equal(["loss 1", "loss 2"], head.Log.Distinct().Take(2));
        Assert.Null(head.Finish);
    }

    [Fact]
    public async Task What_a_program_leaves_running_ends_with_it()
    {
        await using var head = await TestHead.StartAsync();
        var (code, _, _) = await RunAsync(Assignment(head, """
            sleep 1000 &
            echo $! > left
            """));
        Assert.Equal(WorkerExitCode.Completed, code);
        await EndOfAsync(int.Parse(File.ReadAllText(Path.Combine(directory.Path, "left")), CultureInfo.InvariantCulture));
    }

    private static async Task EndOfAsync(int process)
    {
        while (IsAlive(process)) await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    // A process that has ended but that nobody has waited for is a zombie, state Z.
    private static bool IsAlive(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Assignment Assignment(TestHead head, string script, params string[] patterns)
    {
        File.WriteAllText(Path.Combine(directory.Path, "script.sh"), script);
        var assignment = directory.Assignment(head.Url);
        Directory.CreateDirectory(assignment.CheckpointDirectory);
        return assignment with
        {
            Program = "script.sh",
            Command = new CommandAssignment
            {
                Command = new CommandSpec { Program = "script.sh", Arguments = ["sh", "${program}"], Metrics = patterns, Directory = directory.Path }, SweepId = 3, RunId = 5,
            },
        };
    }

    private static Assignment With(Assignment assignment, Func<CommandSpec, CommandSpec> change) =>
        assignment with { Command = assignment.Command! with { Command = change(assignment.Command.Command) } };

    private Task<(int Code, string Output, string Error)> RunAsync(Assignment assignment) => EndAsync(Start(assignment));

    private static async Task<(int Code, string Output, string Error)> EndAsync(Process worker)
    {
        var output = worker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = worker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (worker.ExitCode, await output, await error);
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private Process Start(Assignment assignment, string work = "command")
    {
        var path = Path.Combine(directory.Path, "assignment.json");
        File.WriteAllText(path, JsonSerializer.Serialize(assignment, Json.Options));
        return Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Sweeps.Worker.dll"), work, path])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }
}
