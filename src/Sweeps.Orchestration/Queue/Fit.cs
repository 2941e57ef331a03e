namespace Sweeps.Orchestration.Queue;

/// <summary>What a machine's room means to the stages of a sweep.</summary>
public enum Fit
{
    /// <summary>There is room for one.</summary>
    Fits,

    /// <summary>There is none; others may go first.</summary>
    PassesOver,

    /// <summary>There is none, and enough others have gone first: what is free is kept until there is.</summary>
    Holds,
}
