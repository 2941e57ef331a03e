using System.CommandLine;
using Sweeps.Cli.Output;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps submit FILE</c>: gives a sweep to the head that runs on the home.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var file = SweepFileArgument.Create();
        var remote = new RemoteHead();
        var home = Home.CreateOption();
        var command = new Command("submit", "Let the head that `sweeps serve` runs train a sweep, or resume it") { file, home };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var place = Home.Of(parsed, home);
            var elsewhere = remote.Find(parsed, home);
            // Files on another machine are looked for there.
            var spec = SweepFileArgument.Read(path, isForHead: true, isElsewhere: elsewhere is not null);
            using var head = elsewhere ?? await HeadClient.FindAsync(place) ?? throw new CommandFailure(ExitCode.Head,
                $"no head is running on {place.Directory}: start one with `sweeps serve`, or train the sweep here with `sweeps run {path}`.");
            var (sweep, isResumed) = await head.SubmitAsync(spec.Yaml, path);
            Console.WriteLine(isResumed
                ? $"Sweep {sweep.Id} ({sweep.Name}) goes on{(sweep.StepsPlanned is { } steps ? $" at {Numbers.Count(sweep.StepsDone)} of {Numbers.Count(steps, "step")}" : "")}."
                : $"Sweep {sweep.Id} ({sweep.Name}): {Numbers.Count(sweep.Runs, "run")}{(sweep.StepsPlanned is { } planned ? $", {Numbers.Count(planned, "step")}" : "")}. See it with: sweeps watch {sweep.Id}");
            if (PlanText.Once(spec, path) is { } once) await Console.Error.WriteLineAsync(once);
            return ExitCode.Ok;
        });
        return command;
    }
}
