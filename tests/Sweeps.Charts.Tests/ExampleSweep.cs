using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Charts.Tests;

/// <summary>A small sweep with made-up curves: of heads 1, 2 and 4 the second is quicker and the third never gets there.</summary>
internal static class ExampleSweep
{
    private const int Steps = 1000;
    private const int Every = 100;
    private const int TokensPerStep = 768;

    public static string Yaml(string name = "example", string description = "How many future tokens should the model predict?", int seeds = 3) => $$"""
        name: {{Quoted(name)}}
        description: {{Quoted(description)}}
        program: gpt
        method: grid
        metric: {name: val_loss, goal: minimize, target: 1.7}
        parameters:
          heads: {values: [1, 2, 4]}
          steps: {value: {{Steps}}}
        seeds: {{seeds}}
        baseline: {heads: 1}
        """;

    public static SweepSpec Spec(string name = "example", string description = "How many future tokens should the model predict?", int seeds = 3) =>
        SweepFile.Parse(Yaml(name, description, seeds), "example.yaml");

    /// <summary>The validations that the runs have up to a share of the training.</summary>
    public static RunCurve[] Curves(SweepSpec spec, double share = 1) =>
    [
        .. SweepPlan.Of(spec).Runs.Select(run => new RunCurve(run.ConfigurationIndex, run.Seed,
        [
            .. Enumerable.Range(0, 1 + (int)(share * Steps) / Every).Select(i => i * Every)
                .Select(step => new CurvePoint(step, step * TokensPerStep, step * 0.1, Loss(run.ConfigurationIndex, run.Seed, step))),
        ])),
    ];

    public static SweepSummary Summary(SweepSpec spec, IReadOnlyList<RunCurve> curves) => SweepAnalysis.Summarise(spec, SweepPlan.Of(spec), curves);

    private static double Loss(int configuration, int seed, int step)
    {
        double[] floors = [1.62, 1.55, 1.75];
        double[] rates = [5, 6, 4.5];
        return floors[configuration] + 0.006 * seed + 0.004 * (seed * (configuration + 1) % 3) + 3.9 * Math.Exp(-rates[configuration] * step / Steps);
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
