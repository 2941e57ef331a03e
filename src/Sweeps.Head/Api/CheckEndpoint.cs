using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Access;
using Sweeps.Head.Planning;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>Checks a sweep file while it is written: <c>POST /api/check</c>.</summary>
internal static class CheckEndpoint
{
    public static void MapCheck(this RouteGroupBuilder api) => api.MapPost("/check", CheckAsync).WithName("checkSweepFile").WithTags("sweeps")
        .WithSummary("What is wrong in a sweep file, all of it at once, or what it would train").WithYamlBody("The sweep file.");

    private static async Task<Ok<SweepCheck>> CheckAsync(HttpRequest request, ResultsStore store, KnownSlots slots, MachineList machines, TimeProvider time, HeadOptions options, string? name)
    {
        var yaml = await request.ReadTextAsync();
        try
        {
            var spec = SweepFile.Parse(yaml, name ?? "sweep.yaml");
            // To plan a sweep is to look whether its files have changed.
            Caller.Of(request.HttpContext).CheckSweep(spec, options.DataDirectory);
            var plan = SweepPlan.Of(spec, await EarlierStages.FindAsync(store.Queries, spec, await slots.AllAsync(store.Queries)));
            var earlier = await store.Queries.FindSweepAsync(spec.Name) is { } sweep && (sweep.Name, sweep.Program) == (spec.Name, spec.Program) ? await SweepEndpoints.ViewAsync(store, sweep.Id, time) : null;
            var alive = (await machines.ReadAsync()).Where(machine => machine.IsAlive).Sum(machine => machine.Slots.Count);
            return TypedResults.Ok(new SweepCheck([], PlanView.Of(spec, plan, PlanEstimate.Of(plan, earlier, alive))));
        }
        catch (SweepFileException exception)
        {
            return TypedResults.Ok(new SweepCheck([.. exception.Errors.Select(FileErrorView.Of)], null));
        }
    }
}
