using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Cli.Progress;
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
        var output = new Option<DirectoryInfo?>("--output", "-o") { Description = "Directory of the results (default: results/NAME-ID)", HelpName = "DIR" };
        var slots = SlotArgument.Create();
        var noShare = SweepFileArgument.CreateNoShare();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("run", "Train a sweep, or resume it where it was paused, and write its results") { file, output, slots, noShare, home, json };
        command.SetAction((parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var spec = SweepFileArgument.Read(path, parsed.GetValue(noShare));
            var options = new HeadOptions
            {
                Home = Home.Of(parsed.GetValue(home)).Directory,
                DataDirectory = Home.Of(parsed.GetValue(home)).Data,
                Worker = Installation.RequireWorker(),
                Slots = SlotDetection.Detect(parsed.GetValue(slots)),
            };
            return RunAsync(spec, options, parsed.GetValue(output), parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<int> RunAsync(SweepSpec spec, HeadOptions options, DirectoryInfo? output, bool isJson)
    {
        ResultsDirectory.CheckWritable(output);
        using var interrupt = new Interrupt();
        await using var head = await HeadHost.StartAsync(options);
        var submission = await head.SubmitAsync(spec);
        var progress = ProgressView.Create(Terminal.Error);
        progress.Begin(submission, (await head.ProgressAsync(submission.SweepId)).Overview, options.Slots!);
        try
        {
            await progress.FollowAsync(head.WatchAsync(submission.SweepId, Refresh, interrupt.Token));
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Pausing: the workers write their checkpoints.");
            await head.PauseSweepAsync(submission.SweepId);
        }

        var last = (await head.ProgressAsync(submission.SweepId)).Overview;
        if (last.Sweep.State == SweepState.Paused)
        {
            await Console.Error.WriteLineAsync(
                $"Paused at {Numbers.Count(last.StepsDone)} of {Numbers.Count(last.StepsPlanned, "step")}. Resume with: {Installation.ThisCommand}");
            return ExitCode.Stopped;
        }
        var answer = await head.AnswerAsync(submission.SweepId);
        var directory = ResultsDirectory.Of(answer, output);
        ResultsDirectory.Write(directory, answer, options.Slots!);
        if (isJson)
        {
            Console.WriteLine(answer.ToJson());
        }
        else
        {
            SummaryTable.Write(Terminal.Out, answer);
            Console.WriteLine($"Results: {directory}");
        }
        return await FailedRuns.ReportAsync((await head.ProgressAsync(submission.SweepId)).Runs);
    }
}
