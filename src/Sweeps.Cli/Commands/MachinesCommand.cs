using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Core.Statistics;
using Sweeps.Head.Api;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps machines [drain|resume|forget NAME]</c>: the machines of a head, and whether they take work.</summary>
internal static class MachinesCommand
{
    public static Command Create()
    {
        var (remote, home) = (new RemoteHead(), Home.CreateOption());
        var json = new Option<bool>("--json") { Description = "Print the machines as JSON" };
        var command = new Command("machines", "Show the machines that train for a head, and what they do") { home, json };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var head = await HeadAsync(remote, parsed, home);
            var machines = await head.MachinesAsync();
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(machines, Json.Indented));
            else if (machines.Count == 0) Console.WriteLine("No machine has joined this head: `sweeps agent --head URL` on one does that.");
            else Print(machines);
            return ExitCode.Ok;
        });
        var now = new Option<bool>("--now") { Description = "Let what it executes write a checkpoint, end, and go on elsewhere" };
        command.Add(Change("drain", "Let a machine take no more work; what it executes goes on to its end", async (head, name, parsed) =>
        {
            var drain = parsed.GetValue(now) ? Drain.Now : Drain.WhenDone;
            var machine = await head.DrainAsync(name, drain);
            var attempts = machine.Slots.SelectMany(slot => slot.Work).DistinctBy(work => work.StageId).Count();
            return $"{name} takes no more work{(attempts == 0 ? "." : drain == Drain.Now ? $"; {Numbers.Count(attempts, "stage")} of it will go on elsewhere." : $"; {Numbers.Count(attempts, "stage")} of it will go on to the end.")}";
        }, now));
        command.Add(Change("resume", "Let a machine take work again", async (head, name, _) =>
        {
            await head.DrainAsync(name, Drain.None);
            return $"{name} takes work again.";
        }));
        command.Add(Change("forget", "Forget a machine that is silent", async (head, name, _) =>
        {
            await head.ForgetAsync(name);
            return $"{name} is forgotten; an agent of its name makes it known again.";
        }));
        return command;
    }

    private static Command Change(string what, string description, Func<HeadClient, string, ParseResult, Task<string>> change, params Option[] options)
    {
        var (remote, home) = (new RemoteHead(), Home.CreateOption());
        var name = new Argument<string>("name") { Description = "Name of the machine", HelpName = "NAME" };
        var command = new Command(what, description) { name, home };
        foreach (var option in options) command.Add(option);
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var head = await HeadAsync(remote, parsed, home);
            Console.WriteLine(await change(head, parsed.GetRequiredValue(name), parsed));
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<HeadClient> HeadAsync(RemoteHead remote, ParseResult parsed, Option<DirectoryInfo?> home)
    {
        var place = Home.Of(parsed, home);
        return remote.Find(parsed, home) ?? await HeadClient.FindAsync(place) ?? throw new CommandFailure(ExitCode.Head,
            $"no head is running on {place.Directory}: start one with `sweeps serve`, or give its address with --head.");
    }

    private static void Print(IReadOnlyList<MachineView> machines)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("machine").AddColumn("state").AddColumn("slots").AddColumn("last heard").AddColumn("trains");
        foreach (var machine in machines)
        {
            var work = machine.Slots.SelectMany(slot => slot.Work).DistinctBy(work => work.StageId).ToArray();
            table.AddRow(
                new Text(machine.Id),
                new Text((machine.IsAlive ? "alive" : "silent") + (machine.Drain == Drain.None ? "" : ", draining")),
                new Text(string.Join(" and ", machine.Slots.GroupBy(slot => slot.Name).Select(group => $"{Numbers.Count(group.Count())} {group.Key}"))
                    + string.Create(CultureInfo.InvariantCulture, $", {machine.Slots.Count(slot => slot.Work.Count > 0)} busy")),
                new Text(machine.SilentSeconds is { } silence ? $"{DurationText.Of(TimeSpan.FromSeconds(silence))} ago, lease {DurationText.Of(TimeSpan.FromSeconds(machine.LeaseSeconds))}" : "not since the head began"),
                new Text(string.Join('\n', work.Select(one => $"{one.SweepName} ({one.SweepId}): {one.Label} seed {one.Seed}, step {Numbers.Count(one.StepsDone)}{(one.ToStep > one.FromStep ? $" of {Numbers.Count(one.ToStep)}" : "")}"))));
        }
        Terminal.Out.Write(table);
    }
}
