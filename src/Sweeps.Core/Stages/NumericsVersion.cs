namespace Sweeps.Core.Stages;

/// <summary>
/// Number of the trainer's arithmetic, part of every <see cref="RunIdentity"/>: stages that were trained with another one are not taken for
/// new sweeps. Raised by hand with each change after which the same run has other weights or points, in however few bits.
/// </summary>
public static class NumericsVersion
{
    /// <summary>That of this program.</summary>
    public const int Current = 1;
}
