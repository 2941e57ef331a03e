using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Tests;

/// <summary>Sweeps of programs of the user's, by the real command with real workers and scripts.</summary>
public sealed class CommandSweepTests : IDisposable
{
    private const int InterruptSignal = 2;

    // Prints losses as nanoGPT does, every 10 steps to 40, and keeps its step where a later attempt finds it. It crashes at step 30 in its
    // first attempt with width 64 and seed 1, and waits at step 20 while there is a file "hold".
    private const string Script =
        """
        for argument; do
            case $argument in
                --lr=*) lr=${argument#*=};;
                --width=*) width=${argument#*=};;
                *) echo "unknown argument $argument" >&2; exit 2;;
            esac
        done
        state=$SWEEPS_RESUME_DIR/step
        step=$(cat "$state" 2>/dev/null || echo 0)
        echo "begins at $step"
        trap 'echo "saved at $step"; exit 1' TERM
        while [ "$step" -le 40 ]; do
            echo "step $step: train loss 9.9, val loss $((500 - 5 * step * lr - width + SWEEPS_SEED))e-2 (ok)"
            echo "$step" > "$state.new" && mv "$state.new" "$state"
            if [ "$step" = 30 ] && [ "$SWEEPS_ATTEMPT $width $SWEEPS_SEED" = "1 64 1" ]; then
                echo "crashed on purpose" >&2
                exit 7
            fi
            while [ "$step" = 20 ] && [ -e hold ]; do sleep 0.05; done
            step=$((step + 10))
        done
        """;

    private const string Yaml =
        """
        name: script
        program: train.sh
        command: ["sh", "${program}", "${args}"]
        method: grid
        metric: {name: val_loss, goal: minimize, target: 4}
        metrics: ["step {step}: train loss {train_loss}, val loss {val_loss}"]
        parameters:
          lr: {values: [1, 2]}
          width: {values: [64, 128]}
        seeds: 2
        baseline: {lr: 1, width: 64}
        """;

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task A_script_that_crashes_goes_on_where_it_was_and_the_sweep_has_an_answer()
    {
        sweeps.Write("train.sh", Script);
        var file = sweeps.Write("sweep.yaml", Yaml);
        var run = await sweeps.RunAsync("run", file, "--slots", "2");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.StartsWith("Sweep 1 (script): 8 runs, on 2 cpu slots of 1 thread.\n", run.Error);
        Assert.Contains($"lr=2 width=128 seed 2 is done: val_loss {Loss(2, 128, 2, 40)}\n", run.Error);
        Assert.EndsWith("  8 of 8 runs\n", run.Error);
        Assert.Contains("8 of 8 runs completed; 320 steps trained.\n", run.Output);
        Assert.Contains("steps to 4", run.Output);
        Assert.DoesNotContain("token", run.Output);

        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        foreach (var curve in await queries.CurvesAsync(1, "val_loss"))
        {
            Assert.Equal([0, 10, 20, 30, 40], curve.Points.Select(point => point.Step));
            Assert.All(curve.Points.Zip(curve.Points.Skip(1)), pair => Assert.True(pair.First.Seconds < pair.Second.Seconds));
        }
        var crashed = (await queries.RunsAsync(1)).Where(one => one.Label.Contains("width=64", StringComparison.Ordinal) && one.Seed == 1).Select(one => one.Id).ToHashSet();
        foreach (var stage in await queries.StagesAsync(1))
        {
            var attempts = await queries.AttemptsAsync(stage.Id);
            if (!crashed.Contains(stage.Id)) Assert.Equal([AttemptOutcome.Completed], attempts.Select(attempt => attempt.Outcome!.Value));
            else
            {
                Assert.Equal([AttemptOutcome.UserError, AttemptOutcome.Completed], attempts.Select(attempt => attempt.Outcome!.Value));
                Assert.Equal("The program ended with exit code 7:\ncrashed on purpose", attempts[0].Error);
                Assert.Equal(30, attempts[1].FirstStep);
                Assert.Contains("begins at 30\nstep 30: train loss", File.ReadAllText(Path.Combine(sweeps.Home, "logs", $"{stage.Id}-2.log")));
            }
        }
        var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(sweeps.Directory, "results", "script-1", "summary.json"))).RootElement;
        Assert.Equal("steps", summary.GetProperty("cost").GetString());
        Assert.Equal((2, JsonValueKind.Null), (summary.GetProperty("configurations")[0].GetProperty("reached").GetInt32(), summary.GetProperty("configurations")[0].GetProperty("tokens_to_target").ValueKind));
        Assert.Contains("Training steps", File.ReadAllText(Path.Combine(sweeps.Directory, "results", "script-1", "loss.svg")));
        Assert.Matches(" 1 +script +completed +8/8 +100% ", (await sweeps.RunAsync("list")).Output);
        Assert.Equal("sweeps: sweep script (1) runs train.sh, which keeps its weights itself.", (await sweeps.RunAsync("export", "script", "--format", "gpt2")).Refusal(ExitCode.BadInput));
    }

    [Fact(Timeout = 300_000)]
    public async Task Ctrl_C_lets_the_script_save_and_the_same_command_goes_on_from_there()
    {
        sweeps.Write("train.sh", Script);
        sweeps.Write("hold", "");
        var file = sweeps.Write("sweep.yaml", Yaml.Replace("[1, 2]", "[1]", StringComparison.Ordinal).Replace("seeds: 2", "seeds: 1", StringComparison.Ordinal));
        using (var process = sweeps.Start("run", file, "--slots", "2"))
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await UntilAsync(async queries => await queries.RunningStagesAsync(1) is [{ StepsDone: 20 }, { StepsDone: 20 }]);
            Assert.Equal(0, Kill(process.Id, InterruptSignal));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((ExitCode.Stopped, ""), (process.ExitCode, await output));
            Assert.Contains("Pausing: train.sh has 30 s to end.\n", await error);
            Assert.Contains("Paused at 0 of 2 runs. Resume with: ", await error);
        }
        foreach (var attempt in new[] { "1-1", "2-1" }) Assert.Contains("\nsaved at 20\n", File.ReadAllText(Path.Combine(sweeps.Home, "logs", attempt + ".log")));

        File.Delete(Path.Combine(sweeps.Directory, "hold"));
        var resumed = await sweeps.RunAsync("run", file, "--slots", "2");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.StartsWith("Sweep 1 (script) goes on at 0 of 2 runs, on ", resumed.Error);
        Assert.Contains("begins at 20\n", File.ReadAllText(Path.Combine(sweeps.Home, "logs", "1-2.log")));
        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        Assert.Equal([AttemptOutcome.Stopped, AttemptOutcome.Completed], (await queries.AttemptsAsync(1)).Select(attempt => attempt.Outcome!.Value));
        Assert.All(await queries.CurvesAsync(1, "val_loss"), curve => Assert.Equal([0, 10, 20, 30, 40], curve.Points.Select(point => point.Step)));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_python_script_gets_the_usual_arguments_and_prints_json()
    {
        if (!HasPython()) Assert.Skip("There is no python3 on this machine.");
        sweeps.Write("train.py", """
            import argparse, ast, json, os, sys
            parser = argparse.ArgumentParser()
            parser.add_argument("--lr", type=float)
            parser.add_argument("--model", type=ast.literal_eval)
            args = parser.parse_args()
            for step in (0, 5):
                print(json.dumps({"step": step, "score": args.lr * 1000 + args.model["width"] + step + int(os.environ["SWEEPS_SEED"]), "tokens": 64 * step, "gap": float("nan")}))
            """);
        var file = sweeps.Write("sweep.yaml", """
            name: python
            program: train.py
            method: grid
            metric: {name: score, goal: maximize, target: 10}
            parameters: {lr: {values: [1e-5, 0.5]}, model: {parameters: {width: {value: 8}}}}
            """);
        var run = await sweeps.RunAsync("run", file, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        var summary = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("score", "maximize", "tokens"), (summary.GetProperty("metric").GetString(), summary.GetProperty("goal").GetString(), summary.GetProperty("cost").GetString()));
        Assert.Equal([14.01, 514], summary.GetProperty("configurations").EnumerateArray().Select(one => Math.Round(one.GetProperty("mean").GetDouble(), 9)));
        Assert.True(double.IsNaN((await (await ResultsQueries.OpenAsync(sweeps.Database)).CurveAsync(1, "gap"))[0].Value));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_program_that_never_prints_the_metric_fails_with_a_sentence_that_says_what_to_print()
    {
        var file = sweeps.Write("sweep.yaml", """
            name: silent
            command: ["echo", "{\"step\": 1, \"los\": 2}"]
            method: grid
            metric: {name: loss}
            parameters: {x: {value: 1}}
            retries: {user: 0}
            """);
        var run = await sweeps.RunAsync("run", file);
        Assert.Equal(ExitCode.RunsFailed, run.ExitCode);
        Assert.Contains("echo ended well but printed no loss, by which the sweep is judged: it must print lines such as {\"step\": 100, \"loss\": 1.5}", run.Error);
    }

    [Fact]
    public async Task A_plan_shows_what_is_started_and_no_steps()
    {
        sweeps.Write("train.sh", Script);
        var plan = await sweeps.RunAsync("plan", sweeps.Write("sweep.yaml", Yaml));
        Assert.Equal((0, ""), (plan.ExitCode, plan.Error));
        Assert.StartsWith($"script\n4 configurations x 2 seeds = 8 runs.\nEvery run starts sh ${{program}} ${{args}} in {sweeps.Directory}; ", plan.Output);
        Assert.Matches("lr=1 width=64 +1, 2 +baseline", plan.Output);
        var json = JsonDocument.Parse((await sweeps.RunAsync("plan", "--json", "sweep.yaml")).Output).RootElement;
        Assert.Equal((JsonValueKind.Null, 8, "train.sh"), (json.GetProperty("steps").ValueKind, json.GetProperty("stages").GetInt32(), json.GetProperty("command").GetProperty("program").GetString()));
    }

    [Theory]
    [InlineData("program: train.py", "runs the program train.py, which does not exist (looked for ")]
    [InlineData("program: gtp", "; the built-in trainer is called gpt.")]
    public async Task A_program_that_is_not_there_is_found_before_anything_runs(string line, string expected) => Assert.Contains(expected,
        (await sweeps.RunAsync("check", sweeps.Write("sweep.yaml", line + "\nmethod: grid\nparameters: {x: {value: 1}}\n"))).Refusal(ExitCode.BadInput));

    private static string Loss(int lr, int width, int seed, int step) => FormattableString.Invariant($"{(500 - 5 * step * lr - width + seed) / 100.0:0.0000}");

    private async Task UntilAsync(Func<ResultsQueries, Task<bool>> condition)
    {
        while (true)
        {
            if (File.Exists(sweeps.Database))
            {
                try
                {
                    if (await condition(await ResultsQueries.OpenAsync(sweeps.Database))) return;
                }
                catch (Exception exception) when (exception is Results.ResultsException or InvalidOperationException)
                {
                    // The database, or the sweep in it, is being made.
                }
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static bool HasPython()
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            python.WaitForExit();
            return python.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
