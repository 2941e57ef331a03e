using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Core.Search;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps check FILE</c>: says all that is wrong with a sweep file, or how much it will train.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = SweepFileArgument.Create();
        var command = new Command("check", "Check a sweep file; all of its errors are reported at once") { file };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var spec = SweepFileArgument.Read(path);
            Console.WriteLine($"{path} is valid: {PlanText.Size(spec, SweepPlan.Of(spec))}.");
            if (spec.Schedule is { } nightly) Console.WriteLine(PlanText.Nights(nightly.Schedule, DateTimeOffset.UtcNow));
            return ExitCode.Ok;
        });
        return command;
    }
}
