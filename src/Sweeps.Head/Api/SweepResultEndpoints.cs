using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweeps.Charts;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Results;
using Sweeps.Results.Points;
using Sweeps.Results.Records;
using RunCurve = Sweeps.Core.Statistics.RunCurve;

namespace Sweeps.Head.Api;

/// <summary>What a sweep has found: <c>/api/sweeps/{id}/...</c>. The numbers are those of the charts, the report and the command line.</summary>
internal static class SweepResultEndpoints
{
    private const string SvgPolicy = "default-src 'none'; style-src 'unsafe-inline'";

    private static readonly string Build = typeof(SweepResultEndpoints).Module.ModuleVersionId.ToString("N")[..8];

    public static void MapSweepResults(this RouteGroupBuilder one)
    {
        var results = one.MapGroup("");
        results.AddEndpointFilter(UnlessKnownAsync);
        results.MapGet("/verdict", async (long id, SweepAnswers answers) => TypedResults.Ok(VerdictView.Of(await answers.OfAsync(id))))
            .WithName("getVerdict").WithSummary("What a sweep has found so far, finished or not: the answer in words and the statistics of every configuration");
        results.MapGet("/curves", CurvesAsync).WithName("getCurves")
            .WithSummary("A metric of a sweep, by default the one that it is judged by, as curves of at most `points` points")
            .WithDescription("Of each part of a longer curve the smallest and the largest value are kept. With `since=RUN:STEP`, given once for each run that has new points, "
                + "the answer has the curves of these runs' configurations alone, from the least of the steps on and with all of their points: they take the place of what a reader has from there on.");
        results.MapGet("/efficiency", async (long id, SweepAnswers answers) =>
            {
                var answer = await answers.OfAsync(id);
                var summary = answer.Summary;
                return TypedResults.Ok(new EfficiencyView(summary.Metric, summary.Target, summary.Cost, EfficiencyAtTarget.Of(summary), EfficiencyCurveView.Of(summary, answer.Curves)));
            })
            .WithName("getEfficiency").WithSummary("What it costs each configuration to reach the target, and every other value, against the baseline");
        results.MapGet("/importance", async (long id, SweepAnswers answers) =>
            {
                var importance = (await answers.OfAsync(id)).Importance;
                return TypedResults.Ok(new ImportanceView(importance.Metric, importance.Configurations, importance.Parameters, importance.Words));
            })
            .WithName("getImportance").WithSummary("How much of the metric's variance each parameter explains");
        results.MapGet("/charts/{chart}.svg", ChartAsync).WithName("getChart").WithSummary("A chart as an SVG picture, as reports have it")
            .Produces<string>(contentType: "image/svg+xml");
    }

    private static async Task<Ok<CurvesView>> CurvesAsync(long id, ResultsStore store, SweepAnswers answers, string? metric, string[]? since,
        TrainingCost x = TrainingCost.Steps, CurveGrouping by = CurveGrouping.Configuration, [Range(10, 10_000)] int points = 500)
    {
        var sweep = (await store.Queries.FindSweepAsync(id))!;
        var (name, isOwn) = (metric ?? sweep.Metric, metric is null || metric == sweep.Metric);
        var configurations = (await store.Queries.ConfigurationsAsync(id)).ToDictionary(configuration => configuration.Ordinal);
        var hasOneBaseline = configurations.Values.Count(configuration => configuration.IsBaseline) == 1;
        var ends = since is [_, ..] ? SinceOf(since, x) : null;
        var curves = by == CurveGrouping.Run ? await OfRunsAsync() : ends is null ? await OfConfigurationsAsync() : await EndsOfConfigurationsAsync();
        return TypedResults.Ok(new CurvesView(name, x, by, isOwn ? sweep.Goal : ResultMetrics.Find(name)?.Goal ?? MetricGoal.Minimize, isOwn ? sweep.Target : null, curves));

        async Task<IReadOnlyList<CurveView>> OfRunsAsync()
        {
            var byId = configurations.Values.ToDictionary(configuration => configuration.Id);
            return [.. (ends is null ? await StoredAsync(points) : await StoredCurve.ReadEndsAsync(store.Queries, id, name, ends)).Select(run =>
            {
                var (of, told) = (byId[run.ConfigurationId], run.Points.Where(point => double.IsFinite(point.In(x))).ToArray());
                return new CurveView(of.Id, of.Ordinal, of.Label, hasOneBaseline && of.IsBaseline, run.RunId, run.Seed, [.. told.Select(point => point.In(x))], [.. told.Select(point => point.Value)], null, null, IsRange: false);
            }).Where(curve => curve.X.Count > 0)];
        }

        async Task<IReadOnlyList<CurveView>> OfConfigurationsAsync()
        {
            var answer = await answers.OfAsync(id);
            var runs = isOwn ? answer.Curves : await OtherAsync();
            return [.. LossCurve.Of(answer.Summary, runs, x).Select((curve, place) => OfPoints(configurations[place], curve.Points, points)).Where(curve => curve.X.Count > 0)];
        }

        async Task<IReadOnlyList<CurveView>> EndsOfConfigurationsAsync()
        {
            var byId = configurations.Values.ToDictionary(configuration => configuration.Id);
            return [.. (await StoredCurve.ReadEndsAsync(store.Queries, id, name, ends)).Where(run => run.Points.Count > 0).GroupBy(run => run.ConfigurationId)
                .Select(runs => OfPoints(byId[runs.Key], LossCurve.PointsOf([.. runs.Select(run => run.Points)], x), int.MaxValue))];
        }

        CurveView OfPoints(ConfigurationRecord of, IReadOnlyList<LossCurvePoint> curve, int most)
        {
            var all = Thinned([.. curve.Where(point => double.IsFinite(point.Cost))], most);
            return new CurveView(of.Id, of.Ordinal, of.Label, hasOneBaseline && of.IsBaseline, null, null, [.. all.Select(point => point.Cost)], [.. all.Select(point => point.Mean)],
                [.. all.Select(point => point.Low)], [.. all.Select(point => point.High)], curve.Any(point => point.IsRange));
        }

        async Task<IReadOnlyList<RunCurve>> OtherAsync()
        {
            var places = configurations.Values.ToDictionary(configuration => configuration.Id, configuration => configuration.Ordinal);
            return [.. (await StoredAsync()).Where(run => run.Points.Count > 0).Select(run => new RunCurve(places[run.ConfigurationId], run.Seed, run.Points))];
        }

        Task<IReadOnlyList<StoredCurve>> StoredAsync(int? most = null) => StoredCurve.ReadAllAsync(store.Queries, id, name, most, hasFlops: x == TrainingCost.Flops);
    }

    /// <summary>The runs and steps of <c>since</c>.</summary>
    private static Dictionary<long, long> SinceOf(string[] since, TrainingCost x)
    {
        if (x == TrainingCost.Flops) throw new BadHttpRequestException("Curves against floating-point operations are read whole: leave out 'since'.");
        var steps = new Dictionary<long, long>();
        foreach (var text in since)
        {
            if (text.Split(':') is not [var run, var step] || !long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var from))
                throw new BadHttpRequestException($"'since' is RUN:STEP, the number of a run and a step, such as 12:250, not '{text}'.");
            steps[id] = Math.Min(from, steps.GetValueOrDefault(id, from));
        }
        return steps;
    }

    /// <summary>As the curves of runs, by the number of its points in place of their steps.</summary>
    private static IReadOnlyList<LossCurvePoint> Thinned(IReadOnlyList<LossCurvePoint> curve, int points) =>
        [.. DownSampling.Of([.. curve.Select((point, place) => new Results.Queries.CurvePoint(place, point.Mean, 0, 0))], points / DownSampling.OfEachBucket).Select(kept => curve[(int)kept.Step])];

    private static async Task<ContentHttpResult> ChartAsync(long id, HttpContext context, SweepAnswers answers, SweepChart chart, string? parameter,
        ChartColors theme = ChartColors.Light, TrainingCost x = TrainingCost.Tokens)
    {
        var answer = await answers.OfAsync(id);
        using var picture = Draw();
        // A picture that is opened by itself is a document of this origin.
        context.Response.Headers.ContentSecurityPolicy = SvgPolicy;
        return TypedResults.Text(picture.ToSvg(), "image/svg+xml");

        Chart Draw()
        {
            var (title, summary, colors) = (answer.Spec.Name, answer.Summary, theme == ChartColors.Dark ? ChartTheme.Dark : ChartTheme.Light);
            return chart switch
            {
                SweepChart.Loss => LossChart.Draw(title, summary, answer.Curves, colors, context.Request.Query.ContainsKey("x") ? x : null),
                SweepChart.Efficiency => EfficiencyChart.Draw(title, summary, colors),
                SweepChart.Targets => EfficiencyCurveChart.Draw(title, summary, answer.Curves, colors),
                SweepChart.Parameters => ParameterEffectChart.Draw(title, summary, ParameterOf(answer, parameter), colors),
                _ => throw new ArgumentOutOfRangeException(nameof(chart), chart, null),
            };
        }
    }

    /// <summary>The parameter that was asked for, or the most important one.</summary>
    private static string ParameterOf(SweepAnswer answer, string? asked)
    {
        var varying = answer.Spec.Space.Varying.Keys.ToArray();
        if (asked is not null)
            return varying.Contains(asked) ? asked : throw new BadHttpRequestException(
                $"'parameter' is one that varies in this sweep ({(varying.Length == 0 ? "there is none" : string.Join(", ", varying))}), not '{asked}'.");
        if (varying.Length == 0) throw new BadHttpRequestException("No parameter of this sweep varies: there is no effect to draw.");
        return answer.Importance.Parameters is [var first, ..] ? first.Parameter : varying[0];
    }

    /// <summary>Answers 304 to whoever has the results of this version of the sweep already.</summary>
    private static async ValueTask<object?> UnlessKnownAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var version = await context.RequestServices.GetRequiredService<ResultsStore>().Queries.VersionAsync(invocation.GetArgument<long>(0));
        var tag = $"W/\"{Build}-{version}\"";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(tag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : await next(invocation);
    }
}
