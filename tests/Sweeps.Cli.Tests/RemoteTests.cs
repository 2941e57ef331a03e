using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]

namespace Sweeps.Cli.Tests;

/// <summary>Commands that ask a head by its address, from a place that sees nothing of its home.</summary>
public sealed class RemoteTests : IDisposable
{
    private const int TerminationSignal = 15;

    private readonly SweepsProcess there = new();
    private readonly SweepsProcess laptop = new();

    public void Dispose()
    {
        there.Dispose();
        laptop.Dispose();
    }

    [Fact]
    public async Task Who_has_only_the_address_of_a_head_submits_watches_and_reads_the_same_as_its_home()
    {
        using var head = there.Start("serve", "--port", "0", "--no-agent");
        var url = (await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(" at ")[1].Split(',')[0];
        var file = laptop.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Equal("There are no sweeps at this head yet: `sweeps submit FILE` makes one.\n", await AskAsync("list", "--head", url));
        Assert.Equal("No machine has joined this head: `sweeps agent --head URL` on one does that.\n", await AskAsync("machines", "--head", url));
        Assert.Equal("Sweep 1 (tiny): 4 runs, 80 steps. See it with: sweeps watch 1\n", await AskAsync("submit", file, "--head", url));

        // By the environment, too.
        laptop.Environment["SWEEPS_HEAD"] = url;
        Assert.Equal("Sweep 1 (tiny) is paused; its workers write checkpoints and end.\n", await AskAsync("pause", "tiny"));
        Assert.Equal("Paused at 0 of 80 steps. Resume with: sweeps resume 1\n", await AskAsync("watch", "1"));
        Assert.Equal("Sweep 1 (tiny) goes on.\n", await AskAsync("resume", "1"));

        using (var agent = laptop.Start("agent", "--head", url, "--name", "far", "--slots", "2"))
        {
            Assert.Equal($"Agent far of {url}, on 2 cpu slots of 1 thread.", await agent.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Contains("tiny (1), completed: Do two heads help?\n4 of 4 runs completed; 80 steps trained.\n", await AskAsync("watch", "tiny"));
            var machine = Assert.Single(JsonNode.Parse(await AskAsync("machines", "--json"))!.AsArray())!;
            Assert.Equal(("far", true, "none", 2), ((string)machine["id"]!, (bool)machine["is_alive"]!, (string)machine["drain"]!, machine["slots"]!.AsArray().Count));
            Assert.Equal("far takes no more work.\n", await AskAsync("machines", "drain", "far"));
            Assert.Contains("alive, draining", await AskAsync("machines"));
            Assert.Equal("far takes work again.\n", await AskAsync("machines", "resume", "far"));
            Assert.Contains("is alive", (await laptop.RunAsync("machines", "forget", "far")).Refusal(ExitCode.BadInput));
            await EndAsync(agent);
        }
        Assert.False(File.Exists(laptop.Database));
        foreach (var command in new string[][] { ["list"], ["list", "--json"], ["show", "tiny"], ["show", "1", "--json"], ["verdict", "1"], ["verdict", "1", "--json"] })
        {
            var here = await there.RunAsync(command);
            Assert.Equal(0, here.ExitCode);
            Assert.Equal(here.Output, await AskAsync(command));
        }
        Assert.Equal("sweeps: there is no sweep other: `sweeps list` shows those there are.", (await laptop.RunAsync("show", "other")).Refusal(ExitCode.BadInput));
        // A home that is named is asked before the environment.
        Assert.Contains("There are no sweeps in ", await AskAsync("list", "--home", laptop.Home));
        await EndAsync(head);
        Assert.Contains("does not answer", (await laptop.RunAsync("list")).Refusal(ExitCode.Head));
        laptop.Environment["SWEEPS_HEAD"] = "head";
        Assert.Equal("sweeps: $SWEEPS_HEAD is the address of a head, such as https://head.example.org:7071, not head.", (await laptop.RunAsync("list")).Refusal(ExitCode.Usage));
    }

    [Fact]
    public async Task The_slots_of_a_machine_are_what_nvidia_smi_says()
    {
        var directory = Directory.CreateDirectory(Path.Combine(laptop.Directory, "bin"));
        var tool = Path.Combine(directory.FullName, "nvidia-smi");
        await File.WriteAllTextAsync(tool,
            """
            #!/bin/sh
            if [ "$1" = -L ]; then
                echo 'GPU 0: NVIDIA H200 (UUID: GPU-00)'
                echo 'GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-11)'
                echo '  MIG 3g.20gb     Device  0: (UUID: MIG-aa)'
                echo '  MIG 3g.20gb     Device  1: (UUID: MIG-bb)'
            else
                echo '0, GPU-00, 143771, Disabled, NVIDIA H200'
                echo '1, GPU-11, 40960, Enabled, NVIDIA A100-SXM4-40GB'
            fi
            """, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        laptop.Environment["PATH"] = $"{directory.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        laptop.Environment["CUDA_VISIBLE_DEVICES"] = "GPU-00,MIG-bb";
        Assert.Contains("1 NVIDIA H200 slot of 1 thread and 1 NVIDIA A100-SXM4-40GB MIG 3g.20gb slot of 1 thread", (await laptop.RunAsync("doctor")).Output);
    }

    private async Task<string> AskAsync(params string[] command)
    {
        var result = await laptop.RunAsync(command);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    private static async Task EndAsync(Process process)
    {
        Assert.Equal(0, SendSignal(process.Id, TerminationSignal));
        await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
