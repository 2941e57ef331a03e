using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Tests;

/// <summary>A head for all sweeps of a home, and the commands that speak to it.</summary>
public sealed partial class ServeTests : IDisposable
{
    private const int TerminationSignal = 15;

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_head_and_its_agents_train_what_is_submitted_pause_and_go_on()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        using (var head = await ServeAsync("--no-agent"))
        {
            Assert.Equal("Sweep 1 (tiny): 4 runs, 80 steps. See it with: sweeps watch 1\n", (await DoneAsync("submit", file)).Output);
            Assert.Equal("Sweep 1 (tiny) is paused; its workers write checkpoints and end.\n", (await DoneAsync("pause", "tiny")).Output);
            Assert.Equal("Paused at 0 of 80 steps. Resume with: sweeps resume 1\n", (await DoneAsync("watch", "1")).Output);
            Assert.Equal("Sweep 1 (tiny) goes on.\n", (await DoneAsync("resume", "1")).Output);
            await DoneAsync("pause", "tiny");
            // The same file goes on, as the command does.
            Assert.Equal("Sweep 1 (tiny) goes on at 0 of 80 steps.\n", (await DoneAsync("submit", file)).Output);
            await EndAsync(head);
        }
        // Nothing was paused by the head's end.
        Assert.Equal(SweepState.Running, (await (await ResultsQueries.OpenAsync(sweeps.Database)).FindSweepAsync(1))!.State);
        using (var head = await ServeAsync("--no-agent"))
        {
            using var agent = sweeps.Start("agent", "--name", "other", "--slots", "2");
            Assert.Matches(@"^Agent other of http://127.0.0.1:\d+, on 2 cpu slots of 1 thread.$", await agent.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Contains("tiny (1), completed: Do two heads help?\n4 of 4 runs completed; 80 steps trained.\n", (await DoneAsync("watch", "tiny")).Output);
            // What is added is the head's to train.
            Assert.Equal($"sweeps: the head that runs on {sweeps.Home} trains what is new: leave --json out, and see the sweep with `sweeps watch 1`.",
                (await sweeps.RunAsync("extend", "tiny", "--seeds", "3", "--json")).Refusal(ExitCode.BadInput));
            Assert.Contains("the file leaves out heads=1 of sweep 1", (await sweeps.RunAsync("extend", "tiny", sweeps.Write("less.yaml", SweepFiles.Grid.Replace("[1, 2]", "[2, 3]").Replace("baseline: {heads: 1}", "")))).Refusal(ExitCode.BadInput));
            Assert.Equal("Sweep 1 (tiny) has 6 runs, 120 steps now. See it with: sweeps watch 1\n", (await DoneAsync("extend", "tiny", "--seeds", "3")).Output);
            Assert.Contains("6 of 6 runs completed; 120 steps trained.\n", (await DoneAsync("watch", "tiny")).Output);
            Assert.Equal("sweeps: Sweep tiny (1) has ended (completed): there is nothing to cancel.", (await sweeps.RunAsync("cancel", "tiny")).Refusal(ExitCode.BadInput));
            // Nobody asks for the verdict, and it is there.
            var queries = await ResultsQueries.OpenAsync(sweeps.Database);
            while ((await queries.FindSweepAsync(1))!.Verdict is null) await Task.Delay(20, TestContext.Current.CancellationToken);
            await EndAsync(agent);
            await EndAsync(head);
        }
    }

    [Fact]
    public async Task There_is_one_head_of_a_home_and_one_agent_of_a_name()
    {
        using var head = await ServeAsync("--slots", "1");
        Assert.Contains("is using", (await sweeps.RunAsync("serve", "--port", "0")).Refusal(ExitCode.Database));
        Assert.Equal($"sweeps: An agent named {Environment.MachineName} is running already; give this one another --name.", (await sweeps.RunAsync("agent")).Refusal(ExitCode.Head));
        await EndAsync(head);
    }

    [Fact]
    public async Task Without_a_head_commands_say_so_or_act_for_the_next_one()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Equal($"sweeps: no head is running on {sweeps.Home}: start one with `sweeps serve`, or train the sweep here with `sweeps run sweep.yaml`.",
            (await sweeps.RunAsync("submit", file)).Refusal(ExitCode.Head));
        Assert.Equal($"sweeps: no head is running on {sweeps.Home}: start one with `sweeps serve`, or give its address with --head.", (await sweeps.RunAsync("agent")).Refusal(ExitCode.Head));
        using (var head = await ServeAsync("--no-agent"))
        {
            await DoneAsync("submit", file);
            head.Kill(); // its address is left behind
            await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Contains("no head is running", (await sweeps.RunAsync("submit", file)).Refusal(ExitCode.Head));
        await DoneAsync("pause", "1");
        Assert.Equal("Sweep 1 (tiny) goes on with the next `sweeps serve`.\n", (await DoneAsync("resume", "1")).Output);
        Assert.Equal("Sweep 1 (tiny) ends with the runs that have begun.\n", (await DoneAsync("stop", "1")).Output);
        Assert.Contains("has ended (cancelled): there is nothing to resume", (await sweeps.RunAsync("resume", "1")).Refusal(ExitCode.BadInput));
        Assert.Equal("sweeps: there is no sweep nothing: `sweeps list` shows those there are.", (await sweeps.RunAsync("stop", "nothing")).Refusal(ExitCode.BadInput));
    }

    [Fact]
    public async Task A_taken_port_and_files_that_the_head_would_not_find_are_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        Assert.Equal($"sweeps: port {port} is taken, perhaps by the head of another home; give another --port.", (await sweeps.RunAsync("serve", "--no-agent", "--port", port)).Refusal(ExitCode.Head));
        sweeps.Write("text.txt", "some text");
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace("data: {value: grammar}", "data: {value: \"file:text.txt\"}", StringComparison.Ordinal));
        Assert.Contains("names the file text.txt; for a head, which runs in another directory, write its full path", (await sweeps.RunAsync("submit", file)).Refusal(ExitCode.BadInput));
    }

    private async Task<Process> ServeAsync(params string[] options)
    {
        var head = sweeps.Start(["serve", "--port", "0", .. options]);
        var line = await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is not null && Served().IsMatch(line), line);
        return head;
    }

    private async Task<CommandResult> DoneAsync(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static async Task EndAsync(Process process)
    {
        Assert.Equal(0, Kill(process.Id, TerminationSignal));
        await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [GeneratedRegex(@"^Head of .+ at http://127\.0\.0\.1:\d+, (on \d+ cpu slots? of 1 thread|without an agent)\.$")]
    private static partial Regex Served();
}
