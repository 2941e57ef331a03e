using System.CommandLine;
using Sweeps.Head;
using Sweeps.Results;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary>
/// <c>sweeps pause|resume|stop|cancel ID</c>: through the head where one runs; else in the database, and the next head acts on it.
/// </summary>
internal static class ControlCommand
{
    public static Command Create(SweepCommand what)
    {
        var id = SweepArgument.Create();
        var home = Home.CreateOption();
        var remote = new RemoteHead();
        var command = new Command(what.ToString().ToLowerInvariant(), Description(what)) { id, home };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            using (var elsewhere = remote.Find(parsed, home))
            {
                if (elsewhere is not null)
                {
                    var there = (await elsewhere.FindSweepAsync(parsed.GetRequiredValue(id))).Sweep;
                    await elsewhere.ApplyAsync(what, there.Id);
                    Console.WriteLine($"Sweep {there.Id} ({there.Name}) {Consequence(what, hasHead: true)}");
                    return ExitCode.Ok;
                }
            }
            var sweep = await SweepArgument.FindAsync(await ResultsQueries.OpenAsync(place.Database), parsed.GetRequiredValue(id));
            using (var head = await HeadClient.FindAsync(place))
            {
                if (head is not null) await head.ApplyAsync(what, sweep.Id);
                else await ApplyAsync(what, place, sweep);
                Console.WriteLine($"Sweep {sweep.Id} ({sweep.Name}) {Consequence(what, head is not null)}");
            }
            return ExitCode.Ok;
        });
        return command;
    }

    // The store is for one process at a time: nobody else decides meanwhile.
    private static async Task ApplyAsync(SweepCommand what, Home place, SweepRecord sweep)
    {
        await using var store = await ResultsStore.OpenAsync(place.Database);
        if (what.Refusal(sweep) is { } refusal) throw new CommandFailure(ExitCode.BadInput, refusal);
        await what.ApplyAsync(store, sweep.Id);
    }

    private static string Description(SweepCommand what) => what switch
    {
        SweepCommand.Pause => "Let a sweep's workers write checkpoints and end, until it is resumed",
        SweepCommand.Resume => "Let a paused sweep go on",
        SweepCommand.Stop => "Begin no more runs of a sweep; it ends when those that have begun do",
        _ => "End a sweep and its workers for good",
    };

    private static string Consequence(SweepCommand what, bool hasHead) => what switch
    {
        SweepCommand.Pause => "is paused; its workers write checkpoints and end.",
        SweepCommand.Resume when hasHead => "goes on.",
        SweepCommand.Resume => "goes on with the next `sweeps serve`.",
        SweepCommand.Stop => "ends with the runs that have begun.",
        _ => "is cancelled.",
    };
}
