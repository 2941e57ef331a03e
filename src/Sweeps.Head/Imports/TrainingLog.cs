using System.Globalization;
using System.Text.RegularExpressions;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;

namespace Sweeps.Head.Imports;

/// <summary>
/// What one log file says of one run. Lines of JSON and of nanoGPT and modded-nanogpt are known; further patterns add others. Numbers that are
/// called <c>train_time_ms</c> or <c>train_seconds</c> are no metrics but the training time of their line and those after it; <c>iter_time_ms</c> is the duration of one
/// iteration, of which the training time is added up.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Seed">The seed that it names, or null.</param>
/// <param name="Points">Its metrics, each step of each once, by step.</param>
internal sealed partial record TrainingLog(string Path, int? Seed, IReadOnlyList<MetricPoint> Points)
{
    /// <summary>The patterns that are known without being given.</summary>
    public static IReadOnlyList<string> Patterns { get; } =
    [
        // nanoGPT, train.py
        "step {step}: train loss {train_loss}, val loss {val_loss}",
        "iter {step}: loss {loss}, time {iter_time_ms}ms",
        // modded-nanogpt, train_gpt.py
        "step:{step}/{_} val_loss:{val_loss} train_time:{train_time_ms}ms",
        "step:{step}/{_} train_loss:{train_loss} train_time:{train_time_ms}ms",
    ];

    private const string Milliseconds = "train_time_ms";
    private const string Seconds = "train_seconds";
    private const string Iteration = "iter_time_ms";
    private const string SeedName = "seed";
    private const int LookedAtForText = 4096;

    /// <summary>Whether it measured anything.</summary>
    public bool IsEmpty => Points.Count == 0;

    /// <summary>Reads a file; one that is no text measured nothing.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TrainingLog Read(string path, IReadOnlyList<MetricPattern> patterns)
    {
        if (!IsText(path)) return new(path, null, []);
        var lines = new MetricLines(patterns);
        var points = new Dictionary<(string Metric, long Step), MetricPoint>();
        var iterations = new IterationTimes();
        double? seconds = null;
        int? seed = null;
        foreach (var line in File.ReadLines(path))
        {
            var found = lines.Read(line, 0);
            if (found.Count == 0 && points.Count == 0) seed ??= SeedLine().Match(line) is { Success: true } match && int.TryParse(match.Groups["seed"].Value, out var named) ? named : null;
            foreach (var point in found)
            {
                if (point.Metric == SeedName && point.Value is >= 0 and <= int.MaxValue) seed ??= (int)point.Value;
                else if (point.Metric == Milliseconds) seconds = point.Value / 1000;
                else if (point.Metric == Seconds) seconds = point.Value;
                else if (point.Metric == Iteration) iterations.Add(point.Step, point.Value / 1000);
            }
            // nanoGPT validates within the iteration whose duration it prints next.
            if (found.Count > 0 && found.All(point => point.Metric != Iteration)) iterations.Validated(found[0].Step);
            foreach (var point in found.Where(point => point.Metric is not (SeedName or Milliseconds or Seconds or Iteration)))
                points.TryAdd((point.Metric, point.Step), point with { Seconds = seconds ?? 0 });
        }
        return new(path, seed ?? SeedOf(path), [.. points.Values.Select(point => seconds is null ? point with { Seconds = iterations.Of(point.Step) } : point).OrderBy(point => point.Step)]);
    }

    private static bool IsText(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[LookedAtForText];
        return !start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).Contains((byte)0);
    }

    private static int? SeedOf(string path) => SeedInName().Match(System.IO.Path.GetFileNameWithoutExtension(path)) is { Success: true } match
        && int.TryParse(match.Groups["seed"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    // At the start of a line and alone on it, as configurations are printed; not somewhere in the source code that some logs begin with.
    [GeneratedRegex("""^\s*(?:Overriding:\s*)?"?seed"?\s*[:=]\s*(?<seed>[0-9]{1,9})\s*,?\s*(?:#.*)?$""", RegexOptions.IgnoreCase)]
    private static partial Regex SeedLine();

    [GeneratedRegex("(?:^|[^A-Za-z])seed[-_=]?(?<seed>[0-9]{1,9})(?![0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex SeedInName();

    /// <summary>The durations of iterations that a log tells, without those that a validation was part of.</summary>
    private sealed class IterationTimes
    {
        private readonly HashSet<long> validated = [];
        private readonly List<(long Iteration, double Seconds)> told = [];

        public void Validated(long step) => validated.Add(step);

        public void Add(long iteration, double seconds)
        {
            if (!validated.Contains(iteration) && (told.Count == 0 || told[^1].Iteration < iteration)) told.Add((iteration, seconds));
        }

        /// <summary>Seconds of the first <paramref name="steps"/> iterations: each takes as long as the next one that is told, or the last.</summary>
        public double Of(long steps)
        {
            var (sum, done) = (0.0, 0L);
            foreach (var (iteration, seconds) in told)
            {
                if (done >= steps) break;
                sum += (Math.Min(steps, iteration + 1) - done) * seconds;
                done = iteration + 1;
            }
            return done < steps && told.Count > 0 ? sum + (steps - done) * told[^1].Seconds : sum;
        }
    }
}
