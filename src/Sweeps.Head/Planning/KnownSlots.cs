using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;

namespace Sweeps.Head.Planning;

/// <summary>The slots that a head's sweeps may be trained on.</summary>
/// <param name="own">Those of the head's own machine.</param>
/// <param name="since">When the head began; machines that have reported after it count too.</param>
internal sealed class KnownSlots(IReadOnlyList<Slot> own, DateTimeOffset since)
{
    public async Task<IReadOnlyCollection<Slot>> AllAsync(ResultsQueries queries) =>
    [
        .. own,
        .. (await queries.MachinesAsync()).Where(machine => machine.LastSeenAt >= since)
            .SelectMany(machine => Slot.ReadAll(machine.SlotsJson)),
    ];
}
