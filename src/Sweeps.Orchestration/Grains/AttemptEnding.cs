using Sweeps.Core.Protocol;

namespace Sweeps.Orchestration.Grains;

/// <summary>How an attempt ended, from the worker itself or from who watched it.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Number">The attempt's fencing number.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Step">Steps done, as far as is known; -1 when it is not.</param>
/// <param name="Error">One sentence, or null.</param>
/// <param name="IsNobodysFault">True when neither the stage nor its machine is to blame (the head restarted): no retry is used up.</param>
[GenerateSerializer, Immutable]
public sealed record AttemptEnding(long StageId, int Number, AttemptOutcome Outcome, long Step, string? Error, bool IsNobodysFault = false);
