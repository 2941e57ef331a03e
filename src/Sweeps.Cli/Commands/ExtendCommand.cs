using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Core.SweepFiles;
using Sweeps.Head;
using Sweeps.Head.Planning;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary>
/// <c>sweeps extend ID [FILE]</c>: more values, seeds or steps for a sweep that there is; only what is new is trained, by the head where one
/// runs, else here.
/// </summary>
internal static class ExtendCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "A sweep's id, or the name of its newest", HelpName = "ID" };
        var file = new Argument<string?>("file") { Description = "Its sweep file with more values, seeds or steps", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        var steps = RunCommand.WholeNumber("--steps", "Instead of a file: all runs to this step");
        var seeds = RunCommand.WholeNumber("--seeds", "Instead of a file: so many seeds");
        var output = RunCommand.CreateOutput();
        var slots = SlotArgument.Create();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("extend", "Add values, seeds or steps to a sweep and train what is new") { id, file, steps, seeds, output, slots, home, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is null ? result.GetValue(steps) is null && result.GetValue(seeds) is null : result.GetValue(steps) is not null || result.GetValue(seeds) is not null)
                result.AddError("extend takes either a FILE, or --steps N or --seeds N or both.");
        });
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var queries = await ResultsQueries.OpenAsync(place.Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            using var running = await HeadClient.FindAsync(place);
            var spec = parsed.GetValue(file) is { } path ? SweepFileArgument.Read(path, isForHead: running is not null)
                : SweepFileArgument.Parse(Changed(sweep, parsed.GetValue(steps), parsed.GetValue(seeds)), sweep.Name, isForHead: running is not null);
            if (running is not null)
            {
                Option[] own = [slots, output, json];
                if (own.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
                    throw new CommandFailure(ExitCode.BadInput, $"the head that runs on {place.Directory} trains what is new: leave {option.Name} out, and see the sweep with `sweeps watch {sweep.Id}`.");
                var view = await running.ExtendAsync(sweep.Id, spec.Yaml);
                Console.WriteLine($"Sweep {view.Id} ({view.Name}) has {Numbers.Count(view.Runs, "run")}{(view.StepsPlanned is { } planned ? $", {Numbers.Count(planned, "step")}" : "")} now. See it with: sweeps watch {view.Id}");
                return ExitCode.Ok;
            }
            var options = RunCommand.OptionsOf(place, SlotArgument.Detect(parsed.GetValue(slots), spec));
            var plan = await ExtensionPlan.OfAsync(queries, sweep, spec, options.Slots!);
            await Console.Error.WriteLineAsync(PlanText.Extension(plan, await EarlierWork.OfAsync(queries, plan.Plan), sweep.Id));
            return await RunCommand.RunAsync(async head =>
            {
                await head.ExtendAsync(sweep.Id, spec);
                return new Submission(sweep.Id, IsResumed: true);
            }, options, parsed.GetValue(output), parsed.GetValue(json));
        });
        return command;
    }

    private static string Changed(SweepRecord sweep, int? steps, int? seeds)
    {
        var text = sweep.FileText;
        if (steps is { } last) text = SweepFileEdit.WithSteps(text, sweep.Name, last);
        return seeds is { } count ? SweepFileEdit.WithSeeds(text, sweep.Name, count) : text;
    }
}
