namespace Sweeps.Head.Api;

/// <summary>The end of the log of an attempt.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Attempt">Which of its attempts; 0 before the first.</param>
/// <param name="Lines">The last lines, oldest first; empty when nothing was logged or the log lies on another machine.</param>
/// <param name="IsCut">Whether there are lines before these.</param>
public sealed record LogView(long StageId, int Attempt, IReadOnlyList<string> Lines, bool IsCut);
