using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Sweeps.Core.SweepFiles;
using Microsoft.Extensions.Logging.Abstractions;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Workers;
using Sweeps.Results.Queries;

[assembly: UnsupportedOSPlatform("windows")]

namespace Sweeps.Head.Tests;

/// <summary>
/// A home of its own and a worker that is a real process: a shell script that speaks the protocol. It "trains" ten steps at a time, its
/// loss follows from seed, step and layers, it writes a checkpoint every 20 steps, and it waits at step 30 while the file <c>hold</c> exists, or <c>hold-ATTEMPT</c>.
/// </summary>
internal sealed class TestHome : IDisposable
{
    private const string Trainer =
        """
        #!/bin/bash
        field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$assignment"; }
        assignment=$1
        home=$(dirname "$0")
        attempt=$(basename "$1" .json) token=$(field token) url=$(field head_url) seed=$(field seed) layers=$(field layers)
        processor=$(field processor)
        to=$(field to_step) resume=$(field resume_from) directory=$(field checkpoint_directory)
        port=${url##*:} stop=
        trap stop=1 TERM

        post() {
            while :; do
                if exec 3<>/dev/tcp/127.0.0.1/$port; then
                    printf 'POST /api/attempts/%s/%s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
                        "$attempt" "$1" "$port" "$token" "${#2}" "$2" >&3
                    reply=$(cat <&3)
                    exec 3>&-
                    case $reply in
                        HTTP/1.1\ 2*) break;;
                        HTTP/1.1\ 409*) exit 11;;
                    esac
                fi
                [ -n "$stop" ] && exit 14
                sleep 0.05
            done
            case $reply in *'"continue":false'*) stop=1;; esac
        }
        checkpoint() {
            echo "$step" > "$directory/$step"
            post checkpoint "{\"step\":$step,\"path\":\"$directory/$step\",\"sha256\":\"00\",\"bytes\":$((${#step} + 1)),\"device\":\"cpu $processor, threads 1\",\"inputs\":\"\"}"
        }

        if [ "$resume" != null ]; then step=$(cat "$resume"); else step=0; fi
        while [ "$step" -lt "$to" ]; do
            step=$((step + 10))
            post points "{\"points\":[{\"metric\":\"val_loss\",\"step\":$step,\"value\":$((5000 - 10 * step + seed + 100 * ${layers:-0}))e-3,\"tokens\":$((step * 64)),\"seconds\":$step}]}"
            [ $((step % 20)) = 0 ] && checkpoint
            if [ "$step" = 30 ] && { [ -e "$home/hold" ] || [ -e "$home/hold-$attempt" ]; }; then
                touch "$home/held-$attempt"
                while { [ -e "$home/hold" ] || [ -e "$home/hold-$attempt" ]; } && [ -z "$stop" ]; do sleep 0.02; done
            fi
            if [ -n "$stop" ] && [ "$step" -lt "$to" ]; then
                checkpoint
                post finish "{\"outcome\":\"stopped\",\"step\":$step}"
                exit 10
            fi
        done
        post finish "{\"outcome\":\"completed\",\"step\":$step}"
        """;

    private TestHome(string directory)
    {
        FullName = directory;
        Directory.CreateDirectory(directory);
        Worker = Path("worker");
        File.WriteAllText(Worker, Trainer);
        File.SetUnixFileMode(Worker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string FullName { get; }

    public string Worker { get; }

    public static TestHome Create() => new(Directory.CreateTempSubdirectory("sweeps-head-").FullName);

    public static TestHome In(string directory) => new(directory);

    /// <summary>Two configurations with two seeds each, 60 steps.</summary>
    public static SweepSpec Spec(string name = "script", int seeds = 2, string extra = "") => SweepFile.Parse(Yaml(name, seeds) + "\n" + extra, name + ".yaml");

    public static string Yaml(string name = "script", int seeds = 2) =>
        $$"""
        name: {{name}}
        program: gpt
        method: grid
        metric: {name: val_loss, goal: minimize, target: 4.5}
        parameters:
          heads: {values: [1, 2]}
          data: {value: grammar}
          steps: {value: 60}
          warmup_steps: {value: 10}
          decay_steps: {value: 60}
          eval_every: {value: 10}
        seeds: {{seeds}}
        baseline: {heads: 1}
        """;

    public string Path(params string[] names) => System.IO.Path.Combine([FullName, .. names]);

    public Task<HeadHost> StartAsync(int slots = 2, bool continueSweeps = false, Func<HeadOptions, HeadOptions>? change = null) => HeadHost.StartAsync((change ?? (options => options))(new HeadOptions
    {
        Home = FullName, DataDirectory = Path("data"), Worker = Worker, Slots = SlotDetection.Detect(slots), ContinueSweeps = continueSweeps,
    }));

    /// <summary>A head without an agent of its own.</summary>
    public Task<HeadHost> StartHeadAloneAsync(int port = 0, LeaseOptions? lease = null) => HeadHost.StartAsync(new HeadOptions
    {
        Home = FullName, DataDirectory = Path("data"), Port = port, ContinueSweeps = true, Lease = lease ?? new(),
    });

    /// <summary>An agent as <c>sweeps agent</c> runs it, in this process.</summary>
    public async Task<Agent> StartAgentAsync(string name, string headUrl, int slots = 1, IReadOnlyList<Slot>? devices = null)
    {
        var connection = new HeadConnection(new Uri(headUrl), name);
        var agent = new Agent(new AgentOptions
        {
            MachineId = name, Home = FullName, DataDirectory = Path("data"), HeadUrl = headUrl, Worker = Worker, Slots = devices ?? SlotDetection.Detect(slots),
            SyncEvery = TimeSpan.FromMilliseconds(100),
        }, new ProcessLauncher(), connection.SyncAsync, TimeProvider.System, NullLogger<Agent>.Instance, connection.SendLogAsync);
        await agent.StartAsync();
        return agent;
    }

    /// <summary>Lets workers wait at step 30 until <see cref="Release"/>.</summary>
    public void Hold() => File.WriteAllText(Path("hold"), "");

    /// <summary>Lets one attempt wait there, until it is asked to stop.</summary>
    public void Hold(string attempt) => File.WriteAllText(Path("hold-" + attempt), "");

    public void Release() => File.Delete(Path("hold"));

    public Task UntilHeldAsync(string attempt) => UntilAsync(() => File.Exists(Path("held-" + attempt)));

    public string Attempt(string attempt, string extension, string? machine = null) => Path("agents", machine ?? Environment.MachineName, "attempts", attempt + extension);

    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    public int PidOf(string attempt, string? machine = null) => int.Parse(File.ReadAllText(Attempt(attempt, ".pid", machine)));

    /// <summary>All stored metric points, as text.</summary>
    public string Points() => Task.Run(async () =>
    {
        var queries = await ResultsQueries.OpenAsync(Path("sweeps.db"));
        var lines = new List<string>();
        foreach (var sweep in (await queries.SweepsAsync()).Select(overview => overview.Sweep.Id).Order())
            foreach (var stage in await queries.StagesAsync(sweep))
                lines.AddRange((await queries.PointsAsync(stage.Id)).Select(point => FormattableString.Invariant($"{stage.Id} {point}")));
        // So that nothing holds the file.
        SqliteConnection.ClearAllPools();
        return string.Join('\n', lines);
    }).GetAwaiter().GetResult();

    /// <summary>Changes the database with SQL.</summary>
    public void Ask(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path("sweeps.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The checkpoints that lie there, as <c>STAGE/STEP</c>.</summary>
    public IEnumerable<string> Checkpoints() => Directory.EnumerateDirectories(Path("checkpoints")).SelectMany(stage => Directory.EnumerateFiles(stage, "*", SearchOption.AllDirectories))
        .Select(file => System.IO.Path.GetRelativePath(Path("checkpoints"), file)).Order(StringComparer.Ordinal);

    public static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
