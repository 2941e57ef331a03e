namespace Sweeps.Results.Attempts;

/// <summary>A slot's wish to execute a stage.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Slot">The machine's slot, from 0.</param>
/// <param name="TokenHash">SHA-256 of the token that the attempt will write with, hexadecimal.</param>
public sealed record AttemptClaim(long StageId, string MachineId, int Slot, string TokenHash)
{
    /// <summary>Slots that it takes beside the first.</summary>
    public IReadOnlyList<int> MoreSlots { get; init; } = [];

    /// <summary>The share that it takes of each.</summary>
    public double Share { get; init; } = 1;
}
