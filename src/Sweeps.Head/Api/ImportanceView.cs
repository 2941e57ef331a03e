using Sweeps.Core.Statistics.Importance;

namespace Sweeps.Head.Api;

/// <summary>How much each parameter matters for the sweep's metric (functional analysis of variance on a random forest).</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Configurations">Configurations with a score that it was learned from; those that were stopped early have none.</param>
/// <param name="Parameters">The most important first; empty where fewer than two parameters vary, with fewer than two configurations, or when all scores are equal.</param>
/// <param name="Words">The same in a sentence, or why nothing can be said.</param>
public sealed record ImportanceView(string Metric, int Configurations, IReadOnlyList<ParameterImportance> Parameters, string Words);
