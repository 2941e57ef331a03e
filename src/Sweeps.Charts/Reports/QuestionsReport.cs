using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Reports;

/// <summary>
/// The answers of several sweeps in one Markdown document, to be kept beside their files: an overview with a row for each question, then each question
/// with what others claim, what was measured, and its figures, SVG files in <c>figures/</c> beside the document.
/// </summary>
public static class QuestionsReport
{
    private const string Figures = "figures";

    /// <summary>Writes the document and its figures; those of an earlier one are replaced.</summary>
    /// <param name="file">The document, such as <c>RESULTS.md</c>.</param>
    /// <param name="contents">The sweeps, in the order in which they are to be told; their names differ.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string file, IReadOnlyList<SweepReportContent> contents)
    {
        var directory = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Figures);
        Directory.CreateDirectory(directory);
        foreach (var content in contents)
            foreach (var (name, picture) in Pictures(content))
            {
                using var chart = picture.Draw(ChartTheme.Light);
                chart.SaveSvg(Path.Combine(directory, name));
            }
        File.WriteAllText(file, Text(contents));
    }

    /// <summary>The document.</summary>
    public static string Text(IReadOnlyList<SweepReportContent> contents)
    {
        var markdown = new MarkdownWriter();
        markdown.Heading(1, "Results");
        markdown.Paragraph(Totals(contents));
        markdown.Table(["sweep", "question", "claim", "measured", "verdict", "n", "p", "steps saved"], contents.Select(Overview), textColumns: 5);
        markdown.Paragraph("measured: of the configurations that are better than their baseline the one that gains most, or where none is the one that comes nearest; by how much its final metric differs, with the 95% interval of the difference, and its sample efficiency at the target. "
            + "p: of that comparison, corrected for all comparisons of its sweep; with a level, of the look at its seeds, which decides where p is below the level. "
            + "steps saved: by training what runs have in common once.");
        foreach (var content in contents) Question(markdown, content);
        return markdown.ToString();
    }

    private static void Question(MarkdownWriter markdown, SweepReportContent content)
    {
        markdown.Heading(2, content.Spec.Name);
        if (content.Spec.Description is { } question) markdown.Paragraph(question);
        if (content.Spec.Claim is { } claim) markdown.Labelled("Claim.", claim);
        var sentences = content.Summary.Verdict.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        markdown.Labelled("Answer.", sentences[0]);
        if (sentences.Length > 1) markdown.Items(sentences[1..]);
        ConfigurationTable.Write(markdown, content.Summary);
        markdown.Paragraph(ConfigurationTable.Note(content.Summary));
        foreach (var (name, picture) in Pictures(content)) markdown.Picture($"{Figures}/{name}", picture.Description);
        var devices = content.Environment.Where(fact => fact.Key == "device").Select(fact => fact.Value).ToArray();
        markdown.Paragraph($"{Steps(content)}{(devices.Length > 0 ? $" Device: {string.Join("; ", devices)}." : "")}");
    }

    private static IEnumerable<string> Overview(SweepReportContent content)
    {
        var telling = MostTelling(content.Summary);
        yield return content.Spec.Name;
        yield return content.Spec.Description ?? "–";
        yield return content.Spec.Claim ?? "–";
        yield return telling is null ? "nothing to compare" : Measured(telling, content.Summary);
        yield return content.Summary.Verdict.Split('\n')[0];
        yield return telling is null ? "–" : telling.N.ToString(CultureInfo.InvariantCulture);
        yield return telling is { Level: > 0 and var level } ? $"{ConfigurationTable.Small(telling.P)} (level {ConfigurationTable.Small(level)})"
            : ConfigurationTable.Probability(telling?.AdjustedP ?? telling?.P);
        yield return Saved(content) is > 0 and var saved ? Share(saved, content.StepsWithoutSharing) : "–";
    }

    /// <summary>Of the configurations that are better than their baseline the one that gains most; where none is, the one that comes nearest.</summary>
    private static ConfigurationSummary? MostTelling(SweepSummary summary)
    {
        var metric = ResultMetrics.Free(summary.Metric, summary.Goal);
        return summary.Configurations.Where(configuration => configuration.Difference is not null)
            .OrderBy(configuration => configuration.Standing != Standing.Better).ThenBy(configuration => metric.Cost(configuration.Difference!.Value)).FirstOrDefault();
    }

    private static string Measured(ConfigurationSummary configuration, SweepSummary summary)
    {
        var interval = configuration.DifferenceInterval is { } bounds ? $" ({MetricText.Signed(bounds.Low)} to {MetricText.Signed(bounds.High)})" : "";
        var against = summary.HasOneBaseline ? "" : $" against {summary.Configurations[configuration.Reference].Label}";
        var efficiency = configuration.Efficiency is { } known ? $"; {known.Value.ToString("0.00", CultureInfo.InvariantCulture)} times the sample efficiency" : "";
        return $"{configuration.Label}{against}: {summary.Metric} {MetricText.Signed(configuration.Difference!.Value)}{interval}{efficiency}";
    }

    private static string Totals(IReadOnlyList<SweepReportContent> contents)
    {
        var (trained, whole, reused) = (contents.Sum(content => content.StepsTrained), contents.Sum(content => content.StepsWithoutSharing), contents.Sum(content => content.StepsReused));
        return $"{contents.Count} questions, {Count(contents.Sum(content => content.Runs.Count))} runs of {Count(whole)} steps together; {Count(trained)} steps were trained"
            + (reused > 0 ? $", {Count(reused)} were taken from earlier sweeps" : "")
            + (whole - trained - reused is > 0 and var saved ? $", and {Count(saved)} ({Share(saved, whole)}) were saved by training what runs have in common once" : "") + "."
            + Time(contents.Aggregate(default(TrainingSeconds), (sum, content) => sum + content.Training.GetValueOrDefault()));
    }

    private static string Time(TrainingSeconds time) => time.Spent < 1 ? "" : $" Training took {Duration(time.Spent)}, added up over all slots"
        + (time.Saved >= 1 ? $"; without sharing it would have taken {Duration(time.Spent + time.Saved)}" : "") + ".";

    private static string Duration(double seconds) => DurationText.Of(TimeSpan.FromSeconds(seconds));

    private static string Steps(SweepReportContent content) => content.Spec.IsImported ? $"{Count(content.StepsWithoutSharing)} steps imported."
        : $"{Count(content.StepsTrained)} steps trained{(Saved(content) is > 0 and var saved ? $", {Count(saved)} ({Share(saved, content.StepsWithoutSharing)}) saved by sharing" : "")}"
            + $"{(content.StepsReused > 0 ? $", {Count(content.StepsReused)} taken from earlier sweeps" : "")}.{Time(content.Training.GetValueOrDefault())}";

    /// <summary>The pictures of a question by their files' names.</summary>
    private static IEnumerable<(string Name, ReportPicture Picture)> Pictures(SweepReportContent content)
    {
        if (ReportPictures.Loss(content).FirstOrDefault() is { } loss && content.Curves.Any(curve => curve.Points.Count > 1)) yield return ($"{content.Spec.Name}-curves.svg", loss);
        if (ReportPictures.Parameter(content) is { } parameters) yield return ($"{content.Spec.Name}-parameters.svg", parameters);
    }

    private static long Saved(SweepReportContent content) => content.StepsWithoutSharing - content.StepsTrained - content.StepsReused;

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) => (part / (double)whole).ToString("0%", CultureInfo.InvariantCulture);
}
