using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Benchmarks;

/// <summary>Processes that measure themselves and print one line of JSON; run in turns, compared by the ratio of medians.</summary>
internal static class Measured
{
    internal static JsonElement Run(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        return JsonDocument.Parse(Start(program, arguments, environment).TrimEnd().Split('\n')[^1]).RootElement.Clone();
    }

    /// <summary>Runs a process to its end.</summary>
    /// <returns>Its standard output.</returns>
    internal static string Start(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Prints a row; true when the figure keeps its bound, or has none.</summary>
    internal static bool Row(string what, string ours, string theirs, double figure, double? bound)
    {
        var ok = bound is null || figure <= bound;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-56} {ours,10} {theirs,10} {figure,8:F3} {bound,7:F2} {(bound is null ? "" : ok ? "ok" : "OVER")}"));
        return ok;
    }

    internal static void Header(string title, string ours = "", string theirs = "")
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine($"{"",-56} {ours,10} {theirs,10} {"figure",8} {"bound",7}");
    }
}
