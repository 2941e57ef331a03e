namespace Sweeps.Results.Attempts;

/// <summary>What the head answers to an attempt that writes.</summary>
public enum AttemptStanding
{
    /// <summary>Stored; go on.</summary>
    Continue,

    /// <summary>Stored; write a checkpoint and end, because the sweep was stopped or cancelled.</summary>
    Stop,

    /// <summary>Refused: a newer attempt exists, or this one has ended.</summary>
    Fenced,
}
