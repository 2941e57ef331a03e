using System.Collections.Immutable;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>Checks that need the sweep's configurations: their number, each against the trainer, and the baseline among them.</summary>
internal static class ConfigurationChecks
{
    private const int MostErrors = 20;

    /// <summary>Adds what is wrong; the file itself was read without an error.</summary>
    public static void Run(SweepSpec spec, MapNode file, IReadOnlyList<FileParameter> parameters, ErrorList errors)
    {
        if (spec.Method == SearchMethod.Grid && spec.RunCap is null && spec.Space.Count > SweepFile.MostConfigurations)
        {
            errors.Add(file.Find("parameters")!.Value.Key, $"the grid has more than {SweepFile.MostConfigurations} configurations; "
                + "use fewer values, or method: random with run_cap: N");
            return;
        }
        var configurations = SweepPlan.ConfigurationsOf(spec);
        foreach (var configuration in configurations)
        {
            foreach (var error in TrainingOptions.Check(configuration.Parameters))
            {
                var where = parameters.First(parameter => parameter.Name == error.Parameter).Key;
                errors.Add(where, error.Message);
            }
            if (errors.Count >= MostErrors) return;
        }
        if (errors.Count == 0) CheckMetric(spec, configurations, file, errors);
        if (spec.Baseline is { } baseline) CheckBaseline(baseline, configurations, spec, file, errors);
    }

    private static void CheckMetric(SweepSpec spec, ImmutableArray<Configuration> configurations, MapNode file, ErrorList errors)
    {
        var metric = spec.Metric.Metric;
        if (metric.IsReported is not { } isReported) return;
        var silent = configurations.FirstOrDefault(configuration => !isReported(TrainingOptions.FromParameters(configuration.Parameters, seed: 1)));
        if (silent is not null)
            errors.Add(file.Find("metric")!.Value.Key, $"{metric.Name} is reported by {metric.ReportedBy}, but not by configuration {silent.Label}; correct its parameters or write another metric");
    }

    private static void CheckBaseline(IReadOnlyDictionary<string, ParameterValue> baseline, ImmutableArray<Configuration> configurations,
        SweepSpec spec, MapNode file, ErrorList errors)
    {
        var key = file.Find("baseline")!.Value.Key;
        var open = spec.Space.Varying.Where(name => !baseline.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        var matches = SweepPlan.BaselineMatches(configurations, baseline).Take(2).ToArray();
        if (matches.Length == 1) return;
        errors.Add(key, open.Length > 0
            ? $"the baseline fits {(matches.Length == 0 ? "no one configuration" : "several configurations")}; also give {string.Join(", ", open)}"
            : $"the baseline is not a configuration of this sweep: it comes after the {spec.RunCap} of run_cap; raise run_cap");
    }
}
