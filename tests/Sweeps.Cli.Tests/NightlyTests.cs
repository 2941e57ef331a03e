using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sweeps.Cli.Tests;

/// <summary>The commands of nightly jobs, with and without a head, and a real worker.</summary>
public sealed partial class NightlyTests : IDisposable
{
    private const int TerminationSignal = 15;
    private const string Job = SweepFiles.Grid + "\nschedule: {cron: \"0 2 * * *\", timezone: Europe/Paris, nights: 5}\nalert: {on: [completed], command: [touch, \"alert of ${job} in sweep ${sweep}\"]}\n";

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_night_is_trained_in_full_compared_and_told_of()
    {
        var file = sweeps.Write("sweep.yaml", Job);
        var added = await DoneAsync("nightly", "add", file);
        Assert.Matches(@"^Nightly job tiny, 0 2 \* \* \* in Europe/Paris; the next nights: \w+ \d+ \w+ \d+ 02:00, .*\.\nNights begin while `sweeps serve` runs; one that was missed is made up for when it begins\.\n$", added.Output);
        var run = await DoneAsync("nightly", "run", "tiny");
        Assert.Matches(@"tiny, night of \d{4}-\d\d-\d\d: completed\n2 configurations cannot be judged\..*\nReport: .*report\.html\nThe alert touch was sent\.\n$", run.Output);
        Assert.True(File.Exists(Path.Combine(sweeps.Directory, "alert of tiny in sweep 1")));

        // The same file again: as a night everything is trained, by hand nothing is.
        var second = JsonNode.Parse((await DoneAsync("nightly", "run", "tiny", "--json")).Output)!;
        Assert.Equal(("completed", 2), ((string)second["state"]!, (int)second["sweep_id"]!));
        Assert.Equal(1, (int)second["result"]!["configurations"]![0]!["metric"]!["nights"]!);
        Assert.Equal([0, 0], JsonNode.Parse((await DoneAsync("list", "--json")).Output)!.AsArray().Select(sweep => (int)sweep!["steps_reused"]!));
        var byHand = await DoneAsync("run", file, "--json");
        Assert.Equal(80, (int)JsonNode.Parse(byHand.Output)!["steps_reused"]!);
        Assert.Contains("sweep.yaml has a schedule: it is trained once, now. `sweeps nightly add sweep.yaml` trains it each night.", byHand.Error);

        var nights = JsonNode.Parse((await DoneAsync("nightly", "history", "tiny", "--json")).Output)!.AsArray();
        Assert.Equal([2, 1], nights.Select(night => (int)night!["sweep_id"]!));
        Assert.Equal(2, nights.Select(night => (string)night!["report"]!).Where(File.Exists).Distinct().Count());
        // On one machine the same seed gives the same loss.
        Assert.Equal(nights[0]!["result"]!["configurations"]![0]!["values"]!.ToJsonString(), nights[1]!["result"]!["configurations"]![0]!["values"]!.ToJsonString());
        Assert.Contains("no night to compare with", (await DoneAsync("nightly", "history", "tiny")).Output.ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task Jobs_are_listed_paused_changed_and_removed_without_a_head()
    {
        Assert.Contains("There are no nightly jobs", (await DoneAsync("nightly", "list")).Output);
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Contains("sweep.yaml has no schedule: add schedule: {cron: \"0 2 * * *\", timezone: Europe/Paris} to it, or give --cron \"0 2 * * *\".",
            (await sweeps.RunAsync("nightly", "add", file)).Refusal(ExitCode.BadInput));
        await DoneAsync("nightly", "add", file, "--cron", "30 3 * * 1-5", "--timezone", "America/New_York", "--name", "mine");
        Assert.Equal("Nightly job mine is paused.\n", (await DoneAsync("nightly", "pause", "mine")).Output);
        var job = JsonNode.Parse((await DoneAsync("nightly", "list", "--json")).Output)!.AsArray().Single()!;
        Assert.Equal(("mine", "30 3 * * 1-5", "America/New_York", true, null), ((string)job["name"]!, (string)job["cron"]!, (string)job["timezone"]!, (bool)job["is_paused"]!, (string?)job["next"]));
        Assert.Equal("Nightly job mine goes on with its next night.\n", (await DoneAsync("nightly", "resume", "mine")).Output);
        Assert.Contains("mine has no night yet", (await DoneAsync("nightly", "history", "mine")).Output);
        Assert.Contains("It measures the same as before", (await DoneAsync("nightly", "add", file, "--cron", "0 4 * * *", "--name", "mine")).Output);
        var changed = sweeps.Write("changed.yaml", SweepFiles.Grid.Replace("steps: {value: 20}", "steps: {value: 25}", StringComparison.Ordinal));
        Assert.Contains("begins a new baseline", (await DoneAsync("nightly", "add", changed, "--cron", "0 4 * * *", "--name", "mine")).Output);
        Assert.Equal("Nightly job mine is removed; its nights stay.\n", (await DoneAsync("nightly", "remove", "mine")).Output);
        foreach (var command in new[] { "run", "pause", "remove", "history" })
            Assert.Equal("sweeps: there is no nightly job mine: `sweeps nightly list` shows those there are.", (await sweeps.RunAsync("nightly", command, "mine")).Refusal(ExitCode.BadInput));
        Assert.Contains("see `sweeps nightly add --help`.", (await sweeps.RunAsync("nightly", "add")).Error);
    }

    [Fact]
    public async Task With_a_head_the_commands_are_the_heads_and_it_trains_the_night()
    {
        var file = sweeps.Write("sweep.yaml", Job);
        using var head = sweeps.Start("serve", "--port", "0", "--slots", "2");
        Assert.StartsWith("Head of", await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("`sweeps serve`", (await DoneAsync("nightly", "add", file, "--cron", "0 2 1 1 *")).Output);
        Assert.Equal("Nightly job tiny is paused.\n", (await DoneAsync("nightly", "pause", "tiny")).Output);
        await DoneAsync("nightly", "resume", "tiny");
        Assert.Matches(@"^Sweep 1 \(tiny-\d{4}-\d\d-\d\d\): 4 runs\. See it with: sweeps watch 1; when it has ended: sweeps nightly history tiny\n$", (await DoneAsync("nightly", "run", "tiny")).Output);
        await DoneAsync("watch", "1");
        // It is judged within a second of its end.
        while (!(await DoneAsync("nightly", "history", "tiny")).Output.Contains("completed", StringComparison.Ordinal)) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Contains("completed", (await DoneAsync("nightly", "list")).Output);
        await DoneAsync("nightly", "remove", "tiny");
        Assert.Contains("There are no nightly jobs", (await DoneAsync("nightly", "list")).Output);
        Assert.Equal(0, Kill(head.Id, TerminationSignal));
        await head.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, head.ExitCode);
    }

    [Fact]
    public async Task Check_and_plan_say_when_the_next_nights_are()
    {
        var file = sweeps.Write("sweep.yaml", Job);
        foreach (var command in new[] { "check", "plan" })
            Assert.Equal(3, NightTime().Count(Assert.Single((await DoneAsync(command, file)).Output.Split('\n'), line => line.StartsWith("A nightly job, 0 2 * * * in Europe/Paris; the next nights: ", StringComparison.Ordinal))));
        var schedule = JsonNode.Parse((await DoneAsync("plan", file, "--json")).Output)!["schedule"]!;
        Assert.Equal(("0 2 * * *", "Europe/Paris", 5, "skip", 3), ((string)schedule["cron"]!, (string)schedule["time_zone"]!, (int)schedule["nights"]!, (string)schedule["overlap"]!, schedule["next"]!.AsArray().Count));
        Assert.Null(JsonNode.Parse((await DoneAsync("plan", sweeps.Write("plain.yaml", SweepFiles.Grid), "--json")).Output)!["schedule"]);
    }

    private async Task<CommandResult> DoneAsync(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [GeneratedRegex(@"\w{3} \d+ \w{3} \d{4} 02:00")]
    private static partial Regex NightTime();
}
