using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Core.Nightly;
using Sweeps.Head;
using Sweeps.Head.Api;
using Sweeps.Head.Nightly;
using Sweeps.Results;
using Sweeps.Results.Nightly;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary>
/// <c>sweeps nightly add|list|run|history|pause|resume|remove</c>: sweeps that are trained each night and compared with the nights before. Through the
/// head where one runs; else in the database, and the next <c>serve</c> acts on it.
/// </summary>
internal static class NightlyCommand
{
    private const int UsualNights = 30;

    public static Command Create() => new("nightly", "Train sweeps each night and compare them with the nights before")
    {
        Add(), List(), Run(), History(), Change("pause", "Let no night of a job begin by itself"), Change("resume", "Let a paused job's nights begin again, from the next one on"),
        Change("remove", "Remove a job; its nights and their sweeps stay"),
    };

    private static Command Add()
    {
        var file = SweepFileArgument.Create();
        var name = new Option<string?>("--name") { Description = "Name of the job (default: that of the sweep)", HelpName = "NAME" };
        var cron = new Option<string?>("--cron") { Description = "Minute, hour, day of the month, month and day of the week (default: the file's schedule)", HelpName = "\"0 2 * * *\"" };
        var zone = new Option<string?>("--timezone") { Description = "Time zone of --cron (default: the file's, else UTC)", HelpName = "ZONE" };
        var home = Home.CreateOption();
        var json = CreateJson("job");
        var command = new Command("add", "Make a sweep file a nightly job, or give a job a changed file") { file, name, cron, zone, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var place = Home.Of(parsed, home);
            var spec = SweepFileArgument.Read(path, isForHead: true);
            using var head = await HeadClient.FindAsync(place);
            NightlyAdded added;
            if (head is not null) added = await head.AddNightlyAsync(spec.Yaml, path, parsed.GetValue(name), parsed.GetValue(cron), parsed.GetValue(zone));
            else
            {
                var now = DateTimeOffset.UtcNow;
                var job = NightlyJob.Of(spec, Path.GetFullPath(path), isLocal: true, now, parsed.GetValue(name), parsed.GetValue(cron), parsed.GetValue(zone));
                await using var store = await ResultsStore.OpenAsync(place.Database);
                added = new NightlyAdded(await store.Nightly.AddAsync(job), true, NightlyJobView.Of(job, [], now));
            }
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(added, Json.Indented));
            else Print(added, hasHead: head is not null);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(NightlyAdded added, bool hasHead)
    {
        var job = added.Job;
        Console.WriteLine(PlanText.Nights(NightlySchedule.Parse(job.Cron, job.Timezone), DateTimeOffset.UtcNow).Replace("A nightly job", $"Nightly job {job.Name}", StringComparison.Ordinal));
        if (added.Addition == NightlyAddition.Same) Console.WriteLine("It measures the same as before and is compared with the nights that there are.");
        if (added.Addition == NightlyAddition.NewBaseline) Console.WriteLine("It measures something else than before: the next night begins a new baseline, and the nights before are kept but not compared with.");
        if (!added.RunsAlert) Console.WriteLine("Its alert will not be run: the head does not see the file on its own machine.");
        if (!hasHead) Console.WriteLine("Nights begin while `sweeps serve` runs; one that was missed is made up for when it begins.");
    }

    private static Command List()
    {
        var home = Home.CreateOption();
        var json = CreateJson("jobs");
        var command = new Command("list", "List all nightly jobs, their next night and what the last one found") { home, json };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var jobs = new List<NightlyJobView>();
            if ((await ResultsQueries.OpenIfExistsAsync(place.Database))?.Nightly is { } queries)
                foreach (var job in await queries.JobsAsync()) jobs.Add(NightlyJobView.Of(job, await queries.NightsAsync(job.Name, 1), DateTimeOffset.UtcNow));
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(jobs, Json.Indented));
            else if (jobs.Count == 0) Console.WriteLine($"There are no nightly jobs in {place.Directory} yet: `sweeps nightly add FILE` makes one.");
            else
            {
                var table = new Table { Border = TableBorder.Simple };
                table.AddColumn("job").AddColumn("schedule").AddColumn("next").AddColumn("last night").AddColumn("state").AddColumn("verdict");
                foreach (var job in jobs)
                {
                    var last = job.History.Count > 0 ? job.History[0] : null;
                    table.AddRow(new Text(job.Name), new Text($"{job.Cron} {job.Timezone}"), new Text(job.Next is { } next ? PlanText.Time(next) : "paused"),
                        new Text(last?.Night ?? ""), new Text(last is null ? "" : StateOf(last)), new Text(last?.Verdict?.Split('\n')[0] ?? ""));
                }
                Terminal.Out.Write(table);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Run()
    {
        var name = CreateName();
        var slots = SlotArgument.Create();
        var home = Home.CreateOption();
        var json = CreateJson("night");
        var command = new Command("run", "Train a night of a job now: by the head where one runs, else in this process; one that was paused goes on") { name, slots, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var job = parsed.GetRequiredValue(name);
            await FindAsync(place, job);
            using var head = await HeadClient.FindAsync(place);
            if (head is null) return await TrainAsync(job, RunCommand.OptionsOf(place, SlotArgument.Detect(parsed.GetValue(slots))), parsed.GetValue(json));
            if (parsed.GetValue(slots) is not null) throw new CommandFailure(ExitCode.BadInput, "--slots are for a night that is trained in this process; the head that runs has slots of its own.");
            var sweep = await head.RunNightlyAsync(job);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(sweep, Json.Indented)
                : $"Sweep {sweep.Id} ({sweep.Name}): {Numbers.Count(sweep.Runs, "run")}. See it with: sweeps watch {sweep.Id}; when it has ended: sweeps nightly history {job}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Task<int> TrainAsync(string job, HeadOptions options, bool isJson) => RunCommand.TrainAsync(
        async head =>
        {
            var start = await head.RunNightAsync(job);
            return start.SweepId is { } id ? new Submission(id, start.IsResumed) : throw new CommandFailure(ExitCode.BadInput, start.Why!);
        },
        options, async (head, sweepId) =>
        {
            await head.AnswerAsync(sweepId);
            await head.JudgeNightAsync(sweepId);
            var night = NightView.Of((await head.Queries.Nightly.NightOfSweepAsync(sweepId))!);
            if (isJson) Console.WriteLine(JsonSerializer.Serialize(night, Json.Indented));
            else
            {
                Console.WriteLine($"{job}, night of {night.Night}: {StateOf(night)}\n{night.Verdict}");
                if (night.Report is not null) Console.WriteLine($"Report: {night.Report}");
                if (night.Alert is not null) Console.WriteLine(night.Alert);
            }
        });

    private static Command History()
    {
        var name = CreateName();
        var nights = RunCommand.WholeNumber("--nights", $"How many of the newest nights to show (default: {UsualNights})");
        var home = Home.CreateOption();
        var json = CreateJson("nights");
        var command = new Command("history", "Show the nights of a job, newest first, also of one that was removed") { name, nights, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var job = parsed.GetRequiredValue(name);
            var queries = (await ResultsQueries.OpenAsync(place.Database)).Nightly;
            var all = await queries.NightsAsync(job, parsed.GetValue(nights) ?? UsualNights);
            if (all.Count == 0 && await queries.JobAsync(job) is null) throw Unknown(job);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(all.Select(NightView.Of), Json.Indented));
            else if (all.Count == 0) Console.WriteLine($"{job} has no night yet: `sweeps nightly run {job}` trains one now.");
            else Print(all);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IReadOnlyList<NightRecord> nights)
    {
        var baseline = nights.Select(night => night.Result()).OfType<NightResult>().FirstOrDefault();
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("night").AddColumn(new TableColumn("sweep").RightAligned()).AddColumn("state").AddColumn(new TableColumn($"best {baseline?.Metric}").RightAligned()).AddColumn("verdict");
        foreach (var night in nights)
            table.AddRow(new Text(night.Night), new Text(night.SweepId?.ToString(CultureInfo.InvariantCulture) ?? ""), new Text(StateOf(NightView.Of(night))),
                new Text(Best(night.Result()) is { } best ? Numbers.Loss(best) : ""), new Text(night.Verdict?.Split('\n')[0] ?? ""));
        Terminal.Out.Write(table);
        foreach (var night in nights.Where(night => night.Report is not null).Take(1)) Console.WriteLine($"Report of {night.Night}: {night.Report}");
    }

    private static double? Best(NightResult? result)
    {
        var means = (result?.Configurations.Select(one => one.Sample()?.Mean).OfType<double>() ?? []).ToArray();
        return means.Length == 0 ? null : result!.Goal == Core.Gpt.MetricGoal.Minimize ? means.Min() : means.Max();
    }

    private static Command Change(string what, string description)
    {
        var name = CreateName();
        var home = Home.CreateOption();
        var command = new Command(what, description) { name, home };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var job = parsed.GetRequiredValue(name);
            await FindAsync(place, job);
            using var head = await HeadClient.FindAsync(place);
            if (head is not null) await (what == "remove" ? head.RemoveNightlyAsync(job) : head.PauseNightlyAsync(job, what == "pause"));
            else
            {
                await using var store = await ResultsStore.OpenAsync(place.Database);
                var isThere = what switch
                {
                    "remove" => await store.Nightly.RemoveAsync(job),
                    "pause" => await store.Nightly.PauseAsync(job),
                    _ => await store.Nightly.ResumeAsync(job, DateTimeOffset.UtcNow),
                };
                if (!isThere) throw Unknown(job);
            }
            Console.WriteLine($"Nightly job {job} {what switch { "remove" => "is removed; its nights stay", "pause" => "is paused", _ => "goes on with its next night" }}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<NightlyJobRecord> FindAsync(Home place, string job) =>
        await (await ResultsQueries.OpenAsync(place.Database)).Nightly.JobAsync(job) ?? throw Unknown(job);

    private static CommandFailure Unknown(string job) => new(ExitCode.BadInput, $"there is no nightly job {job}: `sweeps nightly list` shows those there are.");

    private static string StateOf(NightView night) =>
        string.Join(", ", night.Events.Where(one => one is not (NightEvent.Completed or NightEvent.Skipped)).Select(one => one.ToString().ToLowerInvariant()).Prepend(night.State.ToString().ToLowerInvariant()).Distinct());

    private static Argument<string> CreateName() => new("name") { Description = "Name of a nightly job", HelpName = "NAME" };

    private static Option<bool> CreateJson(string what) => new("--json") { Description = $"Print the {what} as JSON" };
}
