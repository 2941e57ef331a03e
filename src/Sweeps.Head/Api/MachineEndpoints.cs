using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Access;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>Machines, and what their agents send: <c>/api/machines</c>.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this RouteGroupBuilder machines)
    {
        machines.MapGet("", ListAsync).WithName("listMachines").WithSummary("Machines by name, their slots, what runs where, and whether they are alive");
        machines.MapPost("/{id}/drain", (string id, IGrainFactory grains, MachineList list, bool now = false) => DrainAsync(id, now ? Drain.Now : Drain.WhenDone, grains, list))
            .WithName("drainMachine").WithSummary("Let a machine take no more work; with `now` what it executes writes a checkpoint and goes on elsewhere")
            .ProducesProblem(StatusCodes.Status404NotFound);
        machines.MapPost("/{id}/resume", (string id, IGrainFactory grains, MachineList list) => DrainAsync(id, Drain.None, grains, list))
            .WithName("resumeMachine").WithSummary("Let a machine take work again").ProducesProblem(StatusCodes.Status404NotFound);
        machines.MapDelete("/{id}", ForgetAsync).WithName("forgetMachine").WithSummary("Forget a machine that is silent; an agent of its name makes it known again")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        machines.MapPost("/{id}/sync", SyncAsync)
            .WithName("syncMachine").WithSummary("An agent reports, which renews the lease of its machine, and hears what to start and to stop").For(Audience.Agent);
    }

    private static async Task<Ok<Page<MachineView>>> ListAsync(MachineList machines, string? search, bool? alive,
        [Range(0, int.MaxValue)] int offset = 0, [Range(1, 1000)] int limit = 100) => TypedResults.Ok(Page<MachineView>.Of(
            [.. (await machines.ReadAsync()).Where(machine => (search is null || machine.Id.Contains(search, StringComparison.OrdinalIgnoreCase)) && (alive is null || machine.IsAlive == alive))],
            offset, limit));

    private static bool IsWhole(MachineReport report) =>
        report is { SlotsJson: not null, FreeSlots: not null, Running: not null, Ended: not null, Life: not null }
            && report.Ended.All(ending => ending?.LastWords is not null) && report.Ended.DistinctBy(ending => ending.Attempt).Count() == report.Ended.Length;

    private static async Task<Results<Ok<MachineView>, ProblemHttpResult>> DrainAsync(string id, Drain drain, IGrainFactory grains, MachineList machines) =>
        MachineName.IsValid(id) && await grains.GetGrain<IMachineGrain>(id).Drain(drain) ? TypedResults.Ok(await machines.FindAsync(id)) : Unknown(id);

    private static async Task<Results<Ok<MachineView>, ProblemHttpResult>> ForgetAsync(string id, IGrainFactory grains, MachineList machines)
    {
        if (await machines.FindAsync(id) is not { } machine) return Unknown(id);
        return await grains.GetGrain<IMachineGrain>(id).Forget() ? TypedResults.Ok(machine)
            : TypedResults.Problem($"{id} is alive, or its lease has not run out: end its agent first, or drain it.", statusCode: StatusCodes.Status409Conflict);
    }

    private static ProblemHttpResult Unknown(string id) => TypedResults.Problem($"There is no machine {id}: `sweeps machines` shows those there are.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<MachineOrders>, ProblemHttpResult>> SyncAsync(string id, MachineReport report, IGrainFactory grains, CheckpointFiles checkpoints) =>
        !IsWhole(report) ? TypedResults.Problem("A report has slots_json, free_slots, running, life, and ended with each attempt once.", statusCode: StatusCodes.Status400BadRequest)
            : MachineName.IsValid(id) ? TypedResults.Ok(await grains.GetGrain<IMachineGrain>(id).Sync(report) with { Storage = checkpoints.Mark ?? "none" })
            : TypedResults.Problem(MachineName.Rule, statusCode: StatusCodes.Status400BadRequest);
}
