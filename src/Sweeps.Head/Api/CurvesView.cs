using System.Text.Json.Serialization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Head.Api;

/// <summary>What each curve of a chart stands for.</summary>
public enum CurveGrouping
{
    /// <summary>A configuration: the mean over its seeds with a band.</summary>
    Configuration,

    /// <summary>A run.</summary>
    Run,
}

/// <summary>A metric of a sweep as curves.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="X">What the curves are drawn against.</param>
/// <param name="By">What each of them stands for.</param>
/// <param name="Goal">Which values are good.</param>
/// <param name="Target">The value to reach, where the sweep names one for this metric.</param>
/// <param name="Curves">By configuration and seed; those without points are left out.</param>
public sealed record CurvesView(string Metric, TrainingCost X, CurveGrouping By, MetricGoal Goal, double? Target, IReadOnlyList<CurveView> Curves);

/// <summary>One curve; entry i of its lists is its point i, by ascending x.</summary>
/// <param name="ConfigurationId">The configuration.</param>
/// <param name="Ordinal">The configuration's place in the sweep, from 0.</param>
/// <param name="Label">The configuration's label.</param>
/// <param name="IsBaseline">Whether all others are compared with it.</param>
/// <param name="RunId">The run; null for a mean.</param>
/// <param name="Seed">The run's seed; null for a mean.</param>
/// <param name="X">Training until there.</param>
/// <param name="Y">The value, or the mean over the runs that have a finite one.</param>
/// <param name="Low">Lower ends of the band, null where there is none; null for a run.</param>
/// <param name="High">Upper ends of it.</param>
/// <param name="IsRange">Whether the band is the range of two seeds instead of a 95% interval.</param>
public sealed record CurveView(long ConfigurationId, int Ordinal, string Label, bool IsBaseline, long? RunId, int? Seed, IReadOnlyList<double> X,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyList<double> Y,
    IReadOnlyList<double?>? Low, IReadOnlyList<double?>? High, bool IsRange);
