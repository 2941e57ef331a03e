using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Head.Api;

/// <summary>Machines, and what their agents send: <c>/api/machines</c>.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this RouteGroupBuilder machines) => machines.MapPost("/{id}/sync", SyncAsync)
        .WithName("syncMachine").WithSummary("An agent reports, which renews the lease of its machine, and hears what to start and to stop");

    private static async Task<Results<Ok<MachineOrders>, ProblemHttpResult>> SyncAsync(string id, MachineReport report, IGrainFactory grains) =>
        MachineName.IsValid(id)
            ? TypedResults.Ok(await grains.GetGrain<IMachineGrain>(id).Sync(report))
            : TypedResults.Problem(MachineName.Rule, statusCode: StatusCodes.Status400BadRequest);
}
