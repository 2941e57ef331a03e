using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Access;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Head.Api;

/// <summary>Machines, and what their agents send: <c>/api/machines</c>.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this RouteGroupBuilder machines)
    {
        machines.MapGet("", ListAsync).WithName("listMachines").WithSummary("Machines by name, their slots, what runs where, and whether they are alive");
        machines.MapPost("/{id}/sync", SyncAsync)
            .WithName("syncMachine").WithSummary("An agent reports, which renews the lease of its machine, and hears what to start and to stop").For(Audience.Agent);
    }

    private static async Task<Ok<Page<MachineView>>> ListAsync(MachineList machines, string? search, bool? alive,
        [Range(0, int.MaxValue)] int offset = 0, [Range(1, 1000)] int limit = 100) => TypedResults.Ok(Page<MachineView>.Of(
            [.. (await machines.ReadAsync()).Where(machine => (search is null || machine.Id.Contains(search, StringComparison.OrdinalIgnoreCase)) && (alive is null || machine.IsAlive == alive))],
            offset, limit));

    private static async Task<Results<Ok<MachineOrders>, ProblemHttpResult>> SyncAsync(string id, MachineReport report, IGrainFactory grains, CheckpointFiles checkpoints) =>
        MachineName.IsValid(id)
            ? TypedResults.Ok(await grains.GetGrain<IMachineGrain>(id).Sync(report) with { Storage = checkpoints.Mark })
            : TypedResults.Problem(MachineName.Rule, statusCode: StatusCodes.Status400BadRequest);
}
