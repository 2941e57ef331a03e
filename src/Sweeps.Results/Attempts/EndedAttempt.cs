namespace Sweeps.Results.Attempts;

/// <summary>What the end of an attempt has led to.</summary>
/// <param name="Ready">Stages that can be claimed because of it: the same one again, or those after it; none of sweeps that are not running.</param>
public sealed record EndedAttempt(IReadOnlyList<ReadyStage> Ready);
