using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Tests;

public sealed partial class ResumeTests : IDisposable
{
    private const int TerminationSignal = 15;

    private static readonly string Longer = SweepFiles.Grid.Replace("steps: {value: 20}", "steps: {value: 600}", StringComparison.Ordinal)
        .Replace("checkpoint_every: {value: 5}", "checkpoint_every: {value: 100}", StringComparison.Ordinal)
        .Replace("eval_every: {value: 5}", "eval_every: {value: 100}", StringComparison.Ordinal)
        .Replace("seeds: 2", "seeds: 1", StringComparison.Ordinal);

    private readonly SweepsProcess sweeps = new();
    private readonly List<string> mounts = [];

    public void Dispose()
    {
        foreach (var mount in mounts) Run("umount", mount);
        sweeps.Dispose();
    }

    [Fact]
    public async Task A_paused_sweep_resumes_with_the_printed_command_and_ends_with_the_numbers_of_an_undisturbed_one_even_if_a_checkpoint_was_damaged()
    {
        // Long enough that it is not at its end before the signal, also where all is busy.
        var file = sweeps.Write("my sweep.yaml", Longer.Replace("steps: {value: 600}", "steps: {value: 2000}", StringComparison.Ordinal));
        sweeps.Environment["SWEEPS_COMMAND"] = "./sweeps";
        using var process = sweeps.Start("run", file, "--slots", "2");
        await LineAsync(process, line => line.Contains(" of 4,000 steps", StringComparison.Ordinal));
        Assert.Equal(0, Kill(process.Id, TerminationSignal));
        var rest = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Stopped, process.ExitCode);
        Assert.EndsWith("Resume with: ./sweeps run 'my sweep.yaml' --slots 2\n", rest);
        Assert.Matches(@"Paused at [\d,]+ of 4,000 steps\.", rest);
        Assert.Contains(" paused ", (await sweeps.RunAsync("list")).Output);

        var damaged = Directory.GetFiles(Path.Combine(sweeps.Home, "checkpoints"), "*.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var content = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        content[^100] ^= 1; // which only its hash can tell
        await File.WriteAllBytesAsync(damaged, content, TestContext.Current.CancellationToken);

        var resumed = await sweeps.RunAsync("run", file, "--slots", "2", "--json");
        Assert.Equal(0, resumed.ExitCode);
        var queries = await ResultsQueries.OpenAsync(sweeps.Database);
        Assert.Contains(await queries.EventsAsync(), happened => happened.Kind == "checkpoint.void" && happened.Text.StartsWith($"The checkpoint {damaged} cannot be read", StringComparison.Ordinal));
        Assert.False(File.Exists(damaged));
        var start = StepsAtStart().Match(resumed.Error);
        Assert.True(start.Success, resumed.Error);
        Assert.InRange(int.Parse(start.Groups["steps"].Value.Replace(",", "", StringComparison.Ordinal)), 1, 3999);

        var undisturbed = await sweeps.RunAsync("run", file, "--slots", "2", "--json", "--home", "another");
        Assert.Equal(Means(undisturbed), Means(resumed));
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_with_one_sentence_and_loses_nothing()
    {
        if (Run("mount", "-t", "tmpfs", "-o", "size=600k", "sweeps-test", Directory.CreateDirectory(sweeps.Home).FullName) != 0)
            Assert.Skip("A small file system can be mounted by root alone.");
        mounts.Add(sweeps.Home);
        var file = sweeps.Write("sweep.yaml", Longer);
        var full = await sweeps.RunAsync("run", file, "--slots", "2");
        Assert.Equal((ExitCode.Storage, ""), (full.ExitCode, full.Output));
        var sentence = Assert.Single(full.Error.Split('\n'), line => line.StartsWith("sweeps: ", StringComparison.Ordinal));
        Assert.Contains("is full: free some space and run the same command again", sentence);

        Assert.Equal(0, Run("mount", "-o", "remount,size=64m", sweeps.Home));
        var resumed = await sweeps.RunAsync("run", file, "--slots", "2", "--json");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains(" goes on at ", resumed.Error);
        Assert.Equal(Means(await sweeps.RunAsync("run", file, "--slots", "2", "--json", "--home", "another")), Means(resumed));
    }

    private static double[] Means(CommandResult run) => [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("configurations")
        .EnumerateArray().Select(configuration => configuration.GetProperty("mean").GetDouble())];

    private static async Task LineAsync(Process process, Func<string, bool> isAwaited)
    {
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (isAwaited(line)) return;
        Assert.Fail("The command ended before it said what was waited for.");
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [GeneratedRegex(@"goes on at (?<steps>[\d,]+) of 4,000 steps")]
    private static partial Regex StepsAtStart();
}
