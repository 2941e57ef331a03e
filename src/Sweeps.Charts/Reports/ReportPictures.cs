using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Reports;

/// <summary>A picture of a report.</summary>
/// <param name="Draw">Draws it in a theme.</param>
/// <param name="Description">What it shows, for those who cannot see it.</param>
internal sealed record ReportPicture(Func<ChartTheme, Chart> Draw, string Description);

/// <summary>Which pictures a report has: each only where it says something.</summary>
internal static class ReportPictures
{
    private const int MostParameters = 6;
    private const int MostColumns = 14;
    private const int MostRows = 24;
    private const double Proportional = 1e-9;

    /// <summary>The metric against training: in the unit of the sweep, then in each other one that tells something else.</summary>
    public static IEnumerable<ReportPicture> Loss(SweepReportContent content)
    {
        var noun = Capital(content.Spec.Metric.Metric.Noun);
        yield return Of(content.Summary.Cost, ", one line per configuration. The final values are in the table");
        var points = content.Curves.SelectMany(curve => curve.Points).ToArray();
        // Most often tokens are steps times a constant, and the picture would be the same.
        var perStep = points.Where(point => point.Step > 0 && point.Tokens > 0).Select(point => (double)point.Tokens / point.Step).ToArray();
        if (content.Summary.Cost == TrainingCost.Tokens && perStep.Length > 0 && perStep.Max() - perStep.Min() > Proportional * perStep.Max()) yield return Of(TrainingCost.Steps, "");
        if (points.Any(point => point.Seconds > 0)) yield return Of(TrainingCost.Seconds, "");

        ReportPicture Of(TrainingCost cost, string more) =>
            new(theme => LossChart.Draw(content.Spec.Name, content.Summary, content.Curves, theme, cost), $"{noun} against training {cost.ToString().ToLowerInvariant()}{more}.");
    }

    /// <summary>Sample efficiency at the target, and against it.</summary>
    public static IEnumerable<ReportPicture> SampleEfficiency(SweepReportContent content)
    {
        if (content.Summary.Configurations.Any(configuration => configuration.Efficiency is not null))
            yield return new(theme => EfficiencyChart.Draw(content.Spec.Name, content.Summary, theme), "Sample efficiency of each configuration with its interval. The values are in the table.");
        if (EfficiencyCurveChart.HasLines(content.Summary, content.Curves))
            yield return new(theme => EfficiencyCurveChart.Draw(content.Spec.Name, content.Summary, content.Curves, theme), "Sample efficiency at every value of the metric that a configuration and its baseline reach.");
    }

    /// <summary>Why there is no sample efficiency, in a sentence.</summary>
    public static string WithoutEfficiency(SweepSummary summary) =>
        summary.Configurations.Count < 2 ? "There is one configuration, and nothing to compare it with."
        : summary.Target is null ? $"The sweep file names no target {ResultMetrics.Free(summary.Metric, summary.Goal).Noun}."
        : "No configuration has reached the target together with its baseline.";

    /// <summary>The metric over two parameters, then the effects of single ones, those that matter most first.</summary>
    public static IEnumerable<ReportPicture> Parameters(SweepReportContent content)
    {
        var names = Varying(content);
        if (names.Count >= 2 && HeatMap(content, names) is { } map) yield return map;
        foreach (var name in names.Take(MostParameters).Where(name => names.Count > 1 || ParameterValues.Of(content.Summary, name).Labels.Count > 2)) yield return Effect(content, name);
    }

    /// <summary>Parameters with a picture of their own that are left out.</summary>
    public static int ParametersLeftOut(SweepReportContent content) => Math.Max(0, Varying(content).Count - MostParameters);

    /// <summary>The one picture of the parameters that stands for all, or null.</summary>
    public static ReportPicture? Parameter(SweepReportContent content) =>
        Parameters(content).FirstOrDefault() ?? (Varying(content) is [var only, ..] ? Effect(content, only) : null);

    public static ReportPicture? StageTree(SweepReportContent content) => StageTreeChart.IsTree(content.Paths)
        ? new(theme => StageTreeChart.Draw(content.Spec.Name, content.Paths, theme), "The stages of each run from step 0 to its end; those that several runs share are one block.") : null;

    private static ReportPicture Effect(SweepReportContent content, string name) =>
        new(theme => ParameterEffectChart.Draw(content.Spec.Name, content.Summary, name, theme), $"{content.Summary.Metric} for each value of {name}.");

    /// <summary>Of the parameters that matter most the first two with few enough values; cells of which most would be empty say nothing.</summary>
    private static ReportPicture? HeatMap(SweepReportContent content, IReadOnlyList<string> names)
    {
        var few = names.Where(name => ParameterValues.Of(content.Summary, name).Labels.Count is > 1 and <= MostColumns).Take(2).ToArray();
        if (few.Length < 2) return null;
        var (across, down) = (ParameterValues.Of(content.Summary, few[0]), ParameterValues.Of(content.Summary, few[1]));
        if (down.Labels.Count > MostRows) return null;
        var cells = content.Summary.Configurations.Where(configuration => configuration.Mean is { } mean && double.IsFinite(mean))
            .Select(configuration => (across.PlaceOf(configuration), down.PlaceOf(configuration))).Where(cell => cell is { Item1: not null, Item2: not null }).Distinct().Count();
        if (cells * 2 < across.Labels.Count * down.Labels.Count) return null;
        return new(theme => HeatMapChart.Draw(content.Spec.Name, content.Summary, few[0], few[1], theme), $"Mean {content.Summary.Metric} for the values of {few[0]} and {few[1]}.");
    }

    /// <summary>Parameters that some measured configurations have different values of that can be drawn, the most important first.</summary>
    private static IReadOnlyList<string> Varying(SweepReportContent content)
    {
        var measured = content.Summary.Configurations.Where(configuration => configuration.Mean is { } mean && double.IsFinite(mean)).ToArray();
        var ranks = (content.Importance?.Parameters ?? []).Select((importance, rank) => (importance.Parameter, rank)).ToDictionary(pair => pair.Parameter, pair => pair.rank);
        return [.. content.Spec.Space.Parameters.Where(parameter => parameter.Varies).Select(parameter => parameter.Name)
            .Where(name => measured.Select(configuration => configuration.Parameters.GetValueOrDefault(name)).OfType<Core.ParameterValue>().Distinct().Skip(1).Any() && ParameterEffectChart.CanDraw(content.Summary, name))
            .OrderBy(name => ranks.GetValueOrDefault(name, int.MaxValue)).ThenBy(name => name, StringComparer.Ordinal)];
    }

    private static string Capital(string noun) => char.ToUpperInvariant(noun[0]) + noun[1..];
}
