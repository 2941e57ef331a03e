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
    private const int MostNamed = 4;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var file = SweepFileArgument.Create();
        var output = new Option<DirectoryInfo?>("--output", "-o") { Description = "Directory of the results (default: results/NAME-ID)", HelpName = "DIR" };
        var slots = new Option<int?>("--slots") { Description = "Train so many runs at a time on the CPU (default: one for each GPU, else one for each core)", HelpName = "N" };
        var noShare = SweepFileArgument.CreateNoShare();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        slots.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count < 1))
                result.AddError($"--slots is a whole number from 1 on, not {token.Value}.");
        });
        var command = new Command("run", "Train a sweep, or resume it where it was stopped, and write its results") { file, output, slots, noShare, home, json };
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
            await Console.Error.WriteLineAsync(spec.Command is null ? "Stopping: the workers write their checkpoints." : $"Stopping: {spec.Program} has {Numbers.Duration(options.StopGrace)} to end.");
            await head.StopSweepAsync(submission.SweepId);
        }

        var last = (await head.ProgressAsync(submission.SweepId)).Overview;
        if (last.Sweep.State == SweepState.Stopped)
        {
            await Console.Error.WriteLineAsync(
                $"Stopped at {Numbers.Done(last)}. Resume with: {Installation.ThisCommand}");
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
        return await ReportFailuresAsync(head, submission.SweepId);
    }

    private static async Task<int> ReportFailuresAsync(HeadHost head, long sweepId)
    {
        var failed = (await head.ProgressAsync(sweepId)).Runs.Where(run => run.State == RunState.Failed).ToArray();
        foreach (var runs in failed.GroupBy(run => run.Error))
        {
            var names = runs.Select(run => $"{run.Label} seed {run.Seed}").ToArray();
            var more = names.Length > MostNamed ? $" and {Numbers.Count(names.Length - MostNamed)} more" : "";
            await Console.Error.WriteLineAsync($"sweeps: {Numbers.Count(names.Length, "run")} failed ({string.Join(", ", names.Take(MostNamed))}{more}): {runs.Key}");
        }
        return failed.Length > 0 ? ExitCode.RunsFailed : ExitCode.Ok;
    }
}
