using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;

namespace Benchmarks;

/// <summary>Seconds from the start of a real worker process until the checkpoint of its first training step is written.</summary>
internal static class Startup
{
    private const int Rounds = 9;

    internal static int Run()
    {
        var worker = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sweeps.Worker", "release", "Sweeps.Worker.dll"));
        var seconds = Enumerable.Range(0, Rounds + 1).Select(_ => Once(worker)).Skip(1).ToList();
        var median = Measured.Median(seconds);
        Measured.Header("worker process", "median", "slowest");
        var ok = Measured.Row("start to the first step's checkpoint (s)", Text(median), Text(seconds.Max()), median, 1.0);
        return ok ? 0 : 1;

        static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
    }

    private static double Once(string worker)
    {
        var directory = Directory.CreateTempSubdirectory("sweeps-startup-");
        try
        {
            var assignment = new Assignment
            {
                StageId = 1, Attempt = 1, SweepName = "startup", Program = "gpt", Seed = 1, FromStep = 0, ToStep = 10_000, Token = "none",
                Parameters = new Dictionary<string, ParameterValue>
                {
                    ["data"] = ParameterValue.Of("grammar"), ["steps"] = ParameterValue.Of(10_000L), ["checkpoint_every"] = ParameterValue.Of(1L),
                    ["eval_batches"] = ParameterValue.Of(1L),
                },
                CheckpointDirectory = directory.FullName, SpoolDirectory = directory.FullName, DataDirectory = directory.FullName,
                HeadUrl = "http://127.0.0.1:9",     // nobody: the worker spools
            };
            var file = Path.Combine(directory.FullName, "assignment.json");
            File.WriteAllText(file, JsonSerializer.Serialize(assignment, Json.Options));
            var start = new ProcessStartInfo("dotnet", [worker, file]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in WorkerSettings.Of(1)) start.Environment[name] = value;
            var started = Stopwatch.GetTimestamp();
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, e) => { if (e.Data is not null) Console.Error.WriteLine(e.Data); };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (!File.Exists(Path.Combine(directory.FullName, "1", "step-00000001.safetensors")))
            {
                if (process.HasExited) throw new InvalidOperationException($"The worker ended with {process.ExitCode}.");
                Thread.Sleep(1);
            }
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            process.Kill();
            process.WaitForExit();
            return elapsed;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
