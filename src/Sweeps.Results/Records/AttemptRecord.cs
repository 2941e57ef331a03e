using System.Globalization;
using Sweeps.Core.Protocol;

namespace Sweeps.Results.Records;

/// <summary>One execution of a stage by one worker process.</summary>
public sealed class AttemptRecord
{
    /// <summary>The stage.</summary>
    public long StageId { get; init; }

    /// <summary>The fencing number, from 1.</summary>
    public int Number { get; init; }

    /// <summary>Where it ran.</summary>
    public required string MachineId { get; init; }

    /// <summary>On which of the machine's slots, from 0.</summary>
    public int Slot { get; init; }

    /// <summary>The slots that it takes beside that one, as <c>1,2</c>; null for none.</summary>
    public string? MoreSlots { get; init; }

    /// <summary>The share that it takes of each of its slots.</summary>
    public double Share { get; init; } = 1;

    /// <summary>All slots that it takes.</summary>
    public IReadOnlyList<int> Slots => [Slot, .. MoreSlots?.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)) ?? []];

    /// <summary>Writes <see cref="MoreSlots"/>.</summary>
    internal static string? Write(IReadOnlyList<int> slots) => slots.Count == 0 ? null : string.Join(',', slots.Select(slot => slot.ToString(CultureInfo.InvariantCulture)));

    /// <summary>SHA-256 of the only token that may write to it.</summary>
    public required string TokenHash { get; init; }

    /// <summary>Step of the checkpoint it started from.</summary>
    public int ResumedFrom { get; init; }

    /// <summary>Of a command the step of its first point, from which on the points of earlier attempts are void; null before there is one.</summary>
    public int? FirstStep { get; init; }

    /// <summary>Of a command the training seconds of earlier attempts before its first point.</summary>
    public double SecondsBefore { get; init; }

    /// <summary>When the slot claimed it.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, or null while it is under way.</summary>
    public DateTimeOffset? EndedAt { get; internal set; }

    /// <summary>How it ended, or null while it is under way.</summary>
    public AttemptOutcome? Outcome { get; internal set; }

    /// <summary>Steps done when it ended, as far as is known.</summary>
    public long? LastStep { get; internal set; }

    /// <summary>Whether its failure used up one of the stage's retries.</summary>
    public bool Counted { get; internal set; }

    /// <summary>What went wrong, or null.</summary>
    public string? Error { get; internal set; }
}
