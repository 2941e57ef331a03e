using System.Text.Json.Serialization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Nightly;

/// <summary>What a night says of a configuration, compared with the nights before.</summary>
/// <param name="Change">Whether it changed.</param>
/// <param name="Difference">Tonight's mean minus that before, or null.</param>
/// <param name="P">p-value, or null where no noise is known.</param>
/// <param name="AdjustedP">After Holm's correction for all configurations.</param>
/// <param name="Nights">Nights that it was compared with.</param>
/// <param name="Words">All this as a sentence.</param>
public sealed record NightComparison(NightlyChange Change, double? Difference, double? P, double? AdjustedP, int Nights, string Words)
{
    internal static NightComparison Of(NightlyComparison comparison) =>
        new(comparison.Change, comparison.Difference, comparison.P, comparison.AdjustedP, comparison.Nights, comparison.Words);
}

/// <summary>What a night measured of a configuration.</summary>
public sealed record NightConfiguration
{
    /// <summary>Its parameters as one line of JSON, by which it is found in other nights.</summary>
    public required string Parameters { get; init; }

    /// <summary>Its label.</summary>
    public required string Label { get; init; }

    /// <summary>Whether the others are compared with it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>The metric at the end of each seed's run that completed; NaN where it diverged, in JSON <c>"NaN"</c>.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyDictionary<int, double> Values { get; init; }

    /// <summary>Tokens (of programs that count none, steps) per training second of the same runs.</summary>
    public required IReadOnlyDictionary<int, double> Speeds { get; init; }

    /// <summary>The metric against the nights before; null until it is compared.</summary>
    public NightComparison? Metric { get; init; }

    /// <summary>The speed against the nights before; null until it is compared.</summary>
    public NightComparison? Speed { get; init; }

    /// <summary>Mean and spread of the finite values over seeds; null without any.</summary>
    public Sample? Sample() => Values.Values.Where(double.IsFinite).ToArray() is { Length: > 0 } finite ? Statistics.Sample.Of(finite) : null;
}

/// <summary>What a night found, as it is stored with it.</summary>
public sealed record NightResult
{
    /// <summary>Name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of it are good.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>What speeds are counted in: <c>tokens/s</c> or <c>steps/s</c>.</summary>
    public required string SpeedUnit { get; init; }

    /// <summary>The configurations in the order of the sweep.</summary>
    public required IReadOnlyList<NightConfiguration> Configurations { get; init; }

    /// <summary>How it compares, in sentences, one to a line: the metric first, then the speed.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>
    /// Compares a night with those before. The metric is what the job is about; the speed has a test of its own, so that a slow machine is not
    /// taken for a worse model. Each has Holm's correction over its configurations.
    /// </summary>
    /// <param name="title">The metric in words: <c>validation loss</c>.</param>
    /// <param name="before">The nights before, of the same subject, in any order.</param>
    public NightResult ComparedWith(string title, IReadOnlyList<NightResult> before)
    {
        var nights = before.Select(night => night.Configurations.ToDictionary(configuration => configuration.Parameters)).ToArray();
        var metric = RegressionTest.Of([.. Configurations.Select(one => ValuesOf(one, configuration => configuration.Values))], title, Goal);
        var speed = RegressionTest.Of([.. Configurations.Select(one => ValuesOf(one, configuration => configuration.Speeds))], $"speed in {SpeedUnit}", MetricGoal.Maximize);
        return this with
        {
            Configurations = [.. Configurations.Select((one, index) => one with
            {
                Metric = NightComparison.Of(metric.Configurations[index]), Speed = NightComparison.Of(speed.Configurations[index]),
            })],
            // Where nothing can be compared yet, once is enough.
            Verdict = before.Count < RegressionTest.LeastNights ? metric.Verdict : $"{metric.Verdict}\n{speed.Verdict}",
        };

        NightlyValues ValuesOf(NightConfiguration tonight, Func<NightConfiguration, IReadOnlyDictionary<int, double>> values) => new(tonight.Label, values(tonight),
            [.. nights.Select(night => night.GetValueOrDefault(tonight.Parameters)).OfType<NightConfiguration>().Select(values).Where(night => night.Count > 0)]);
    }

    /// <summary>What can be said of it.</summary>
    public IReadOnlyList<NightEvent> Events() =>
    [
        .. Any(one => one.Metric, NightlyChange.Regressed, NightEvent.Regression), .. Any(one => one.Speed, NightlyChange.Regressed, NightEvent.Slower),
        .. Any(one => one.Metric, NightlyChange.Improved, NightEvent.Improvement),
    ];

    private IEnumerable<NightEvent> Any(Func<NightConfiguration, NightComparison?> of, NightlyChange change, NightEvent said) =>
        Configurations.Any(one => of(one)?.Change == change) ? [said] : [];
}
