using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Reports;
using Sweeps.Results;
using Sweeps.Results.Plans;

namespace Sweeps.Head.Imports;

/// <summary>What is to be imported, and as what.</summary>
/// <param name="Directory">The directory of the logs.</param>
/// <param name="Name">Name of the sweep that they become.</param>
public sealed record ImportRequest(string Directory, string Name)
{
    /// <summary>The metric that it is judged by.</summary>
    public string Metric { get; init; } = "val_loss";

    /// <summary>Which values of the metric are good; null for what its name says, or small ones.</summary>
    public MetricGoal? Goal { get; init; }

    /// <summary>The target, or null.</summary>
    public double? Target { get; init; }

    /// <summary>Name of the sub-directory that the others are compared with; null for the first.</summary>
    public string? Baseline { get; init; }

    /// <summary>Patterns of lines with metrics beside those that are known.</summary>
    public IReadOnlyList<MetricPattern> Patterns { get; init; } = [];
}

/// <summary>Logs of other programs as a sweep that has ended.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="IsNew">False when these very logs were a sweep already; nothing was stored then.</param>
/// <param name="Skipped">Files without any metric.</param>
public sealed record SweepImport(long SweepId, bool IsNew, IReadOnlyList<string> Skipped)
{
    /// <summary>The parameter whose values are the sub-directories.</summary>
    private const string Source = "source";

    /// <summary>Reads the logs, stores them and judges them.</summary>
    /// <param name="store">The results, which nobody else writes.</param>
    /// <param name="request">What is imported.</param>
    /// <exception cref="ResultsException">There are no such logs, or they lack the metric; the message says what they have.</exception>
    /// <exception cref="SweepFileException">The name or the metric's name cannot be a sweep's.</exception>
    /// <exception cref="IOException">A log cannot be read.</exception>
    public static async Task<SweepImport> ImportAsync(ResultsStore store, ImportRequest request)
    {
        var known = TrainingLog.Patterns.Select(text => MetricPattern.Read(text, out _, out _)!);
        var directory = LogDirectory.Read(request.Directory, [.. known, .. request.Patterns]);
        var without = directory.Logs.Where(log => log.Points.All(point => point.Metric != request.Metric)).ToArray();
        if (without.Length > 0)
        {
            var names = without[0].Points.Select(point => point.Metric).Distinct().Order(StringComparer.Ordinal);
            throw Refused($"{Path.GetRelativePath(Path.GetFullPath(request.Directory), without[0].Path)} has no {request.Metric}; it has {string.Join(", ", names)}: choose one with --metric");
        }
        if (request.Baseline is { } baseline && directory.Configurations.All(configuration => configuration.Name != baseline))
            throw Refused($"{request.Directory} has no sub-directory {baseline} with logs; it has {string.Join(", ", directory.Configurations.Select(configuration => configuration.Name))}");

        var digest = $"sha256 {directory.Digest()}";
        foreach (var sweep in await store.Queries.SweepsOfAsync(SweepSpec.Import))
            if (sweep.Metric == request.Metric && sweep.Target == request.Target && sweep.FileText.Contains(digest, StringComparison.Ordinal))
                return new(sweep.Id, IsNew: false, directory.Skipped);

        var spec = SweepFile.Parse(FileOf(request, directory, digest), request.Name);
        var seeds = directory.Configurations.Select(configuration => SeedsOf(configuration.Logs)).ToArray();
        var plan = SweepPlan.OfImported(spec, seeds.SelectMany((some, place) => some.Select(seed => (place, seed))));
        var id = await store.ImportSweepAsync(NewSweep.Of(spec, plan), [.. directory.Configurations.SelectMany(configuration => Measured(configuration.Logs, request.Metric))]);
        var answer = await SweepAnswer.ReadAsync(store.Queries, id);
        await store.SetAnswerAsync(id, answer.Summary.Verdict, answer.ToJson());
        return new(id, IsNew: true, directory.Skipped);
    }

    /// <summary>The sweep file that the logs could have come from.</summary>
    private static string FileOf(ImportRequest request, LogDirectory directory, string digest)
    {
        var count = directory.Logs.Count();
        var names = directory.Configurations.Select(configuration => Quoted(configuration.Name)).ToArray();
        var goal = request.Goal ?? ResultMetrics.Find(request.Metric)?.Goal ?? MetricGoal.Minimize;
        var target = request.Target is { } value ? $", target: {value.ToString("R", CultureInfo.InvariantCulture)}" : "";
        return $$"""
            # Imported, not trained here: {{count}} logs, {{digest}}
            name: {{Quoted(request.Name)}}
            description: {{Quoted($"{(count == 1 ? "One log" : $"{count} logs")} imported from {directory.Name}")}}
            program: {{SweepSpec.Import}}
            method: grid
            metric: {name: {{Quoted(request.Metric)}}, goal: {{goal.ToString().ToLowerInvariant()}}{{target}}}
            parameters:
              {{Source}}: {{(names.Length == 1 ? $"{{value: {names[0]}}}" : $"{{values: [{string.Join(", ", names)}]}}")}}
            seeds: {{directory.Configurations.Max(configuration => configuration.Logs.Count)}}{{(request.Baseline is { } baseline ? $"\nbaseline: {{{Source}: {Quoted(baseline)}}}" : "")}}

            """;
    }

    /// <summary>The seeds that the logs name, or 1, 2, ... in their order where they name none or the same more than once.</summary>
    private static int[] SeedsOf(IReadOnlyList<TrainingLog> logs)
    {
        var named = logs.Select(log => log.Seed).OfType<int>().Distinct().ToArray();
        return named.Length == logs.Count ? named : [.. Enumerable.Range(1, logs.Count)];
    }

    /// <summary>A log that ends before others of its configuration is that of a run that did not.</summary>
    private static IEnumerable<MeasuredRun> Measured(IReadOnlyList<TrainingLog> logs, string metric)
    {
        var ends = logs.Select(log => log.Points.Where(point => point.Metric == metric).Max(point => point.Step)).ToArray();
        return logs.Zip(ends, (log, end) => new MeasuredRun(log.Points,
            end == ends.Max() ? null : $"The log {Path.GetFileName(log.Path)} ends at step {end}, others of its configuration at step {ends.Max()}."));
    }

    // A JSON text is a YAML text in double quotes.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, Json.Options);

    private static ResultsException Refused(string problem) => new(ResultsFailure.Refused, problem + ".");
}
