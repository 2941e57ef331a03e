using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Cli.Progress;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;
using Sweeps.Head;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps run FILE</c>: trains a sweep with a head and an agent in this process, or resumes it, and writes its results.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var file = SweepFileArgument.Create();
        var output = CreateOutput();
        var slots = SlotArgument.Create();
        var noShare = SweepFileArgument.CreateNoShare();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("run", "Train a sweep, or resume it where it was paused, and write its results") { file, output, slots, noShare, home, json };
        var launcher = LauncherArgument.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var spec = SweepFileArgument.Read(path, parsed.GetValue(noShare));
            var place = Home.Of(parsed, home);
            var options = OptionsOf(place, launcher.Slots(parsed, parsed.GetValue(slots), spec)) with { Launcher = await launcher.CreateAsync(parsed, place, Environment.MachineName, LauncherArgument.ThisMachine) };
            if (PlanText.Once(spec, path) is { } once) Console.Error.WriteLine(once);
            return await RunAsync(head => head.SubmitAsync(spec), options, parsed.GetValue(output), parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The option for the directory of the results.</summary>
    internal static Option<DirectoryInfo?> CreateOutput() =>
        new("--output", "-o") { Description = "Directory of the results (default: results/NAME-ID)", HelpName = "DIR" };

    /// <summary>An option that is a whole number from 1 on.</summary>
    internal static Option<int?> WholeNumber(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count < 1))
                result.AddError($"{name} is a whole number from 1 on, not {token.Value}.");
        });
        return option;
    }

    /// <summary>The head of a command that trains on this machine.</summary>
    internal static HeadOptions OptionsOf(Home home, IReadOnlyList<Slot> slots) => new()
    {
        Home = home.Directory, Database = home.Database, DataDirectory = home.Data, Worker = Installation.RequireWorker(), Slots = slots,
    };

    /// <summary>Trains a sweep to its end, or to Ctrl-C, and writes its results.</summary>
    /// <param name="submit">Hands the sweep to the head.</param>
    /// <param name="options">The head.</param>
    /// <param name="output">Directory of the results, or null for the usual one.</param>
    /// <param name="isJson">Whether the summary is printed as JSON.</param>
    internal static Task<int> RunAsync(Func<HeadHost, Task<Submission>> submit, HeadOptions options, DirectoryInfo? output, bool isJson)
    {
        ResultsDirectory.CheckWritable(output);
        return TrainAsync(submit, options, async (head, sweepId) =>
        {
            var answer = await head.AnswerAsync(sweepId);
            var directory = ResultsDirectory.Of(answer, output);
            await ResultsDirectory.WriteAsync(directory, head.Queries, answer);
            if (isJson)
            {
                Console.WriteLine(answer.ToJson());
            }
            else
            {
                SummaryTable.Write(Terminal.Out, answer);
                Console.WriteLine($"Results: {directory}");
            }
        });
    }

    /// <summary>Trains a sweep to its end, or to Ctrl-C.</summary>
    /// <param name="submit">Hands the sweep to the head.</param>
    /// <param name="options">The head.</param>
    /// <param name="finish">What is done with the head and the sweep when it has ended.</param>
    internal static async Task<int> TrainAsync(Func<HeadHost, Task<Submission>> submit, HeadOptions options, Func<HeadHost, long, Task> finish)
    {
        using var interrupt = new Interrupt();
        await using var head = await HeadHost.StartAsync(options);
        var submission = await submit(head);
        var progress = ProgressView.Create(Terminal.Error);
        progress.Begin(submission, (await head.ProgressAsync(submission.SweepId)).Overview, options.Slots!);
        try
        {
            await progress.FollowAsync(head.WatchAsync(submission.SweepId, Refresh, interrupt.Token));
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            var overview = (await head.ProgressAsync(submission.SweepId)).Overview;
            await Console.Error.WriteLineAsync(
                overview.IsOpenEnded ? $"Pausing: {overview.Sweep.Program} has {DurationText.Of(options.StopGrace)} to end." : "Pausing: the workers write their checkpoints.");
            await head.PauseSweepAsync(submission.SweepId);
        }

        var last = (await head.ProgressAsync(submission.SweepId)).Overview;
        if (last.Sweep.State == SweepState.Paused)
        {
            await Console.Error.WriteLineAsync(
                $"Paused at {Numbers.Done(last)}. Resume with: {Installation.ThisCommand}");
            return ExitCode.Stopped;
        }
        await finish(head, submission.SweepId);
        return await FailedRuns.ReportAsync((await head.ProgressAsync(submission.SweepId)).Runs);
    }
}
