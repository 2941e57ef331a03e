using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Head.Access;
using Sweeps.Head.Live;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>What monitoring asks for: <c>GET /metrics</c>.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder application) => application.MapGet("/metrics", ReadAsync).WithName("getMetrics").WithTags("head")
        .WithSummary("Counts of sweeps, runs, stages, attempts, points and slots in Prometheus' text format").Produces<string>(contentType: "text/plain").For(Audience.Viewer);

    private static async Task<ContentHttpResult> ReadAsync(ResultsStore store, MachineList machines, LiveFeed live)
    {
        var (counts, list) = (await store.Queries.CountsAsync(), await machines.ReadAsync());
        var text = new PrometheusText()
            .Add("sweeps_sweeps", "gauge", "Sweeps by state.", Each<SweepState>("state", state => counts.Sweeps.GetValueOrDefault(state)))
            .Add("sweeps_runs", "gauge", "Runs by state.", Each<RunState>("state", state => counts.Runs.GetValueOrDefault(state)))
            .Add("sweeps_stages", "gauge", "Stages by state.", Each<StageState>("state", state => counts.Stages.GetValueOrDefault(state)))
            .Add("sweeps_attempts_total", "counter", "Attempts that have ended, by outcome.", Each<AttemptOutcome>("outcome", outcome => counts.Attempts.GetValueOrDefault(outcome)))
            .Add("sweeps_points_stored", "gauge", "Metric points in the database.", (counts.Points, []))
            .Add("sweeps_machine_alive", "gauge", "1 for a machine whose lease has not run out.", list.Select(machine => (machine.IsAlive ? 1.0 : 0, Labels(machine))))
            .Add("sweeps_slots", "gauge", "Slots by machine.", list.Select(machine => ((double)machine.Slots.Count, Labels(machine))))
            .Add("sweeps_slots_busy", "gauge", "Slots with a worker by machine.", list.Select(machine => ((double)machine.Slots.Count(slot => slot.Work.Count > 0), Labels(machine))))
            .Add("sweeps_writes_waiting", "gauge", "Writes that wait for the database.", (store.WritesWaiting, []))
            .Add("sweeps_live_clients", "gauge", "Open connections for server-sent events.", (live.Clients, []));
        return TypedResults.Content(text.ToString(), PrometheusText.ContentType);
    }

    private static (string, string)[] Labels(MachineView machine) => [("machine", machine.Id)];

    private static IEnumerable<(double, (string, string)[])> Each<T>(string label, Func<T, int> count) where T : struct, Enum => Enum.GetValues<T>()
        .Select(value => ((double)count(value), ((string, string)[])[(label, Json.Options.PropertyNamingPolicy!.ConvertName(value.ToString()))]));
}
