using System.Collections.Immutable;
using Sweeps.Core.Gpt;

namespace Sweeps.Core.Stages;

/// <summary>
/// A run of the built-in trainer, split into what holds from its first step to its last and what begins at some step. Two runs agree up to
/// step s - in their weights, optimizer states and metric points, bit for bit - when their fixed parts are equal and so are all pieces that
/// start before s.
/// </summary>
public sealed record RunTimeline
{
    /// <summary>The options with the seed, and without all that <see cref="Pieces"/> and <see cref="Steps"/> tell. Not to be trained.</summary>
    public required TrainingOptions Fixed { get; init; }

    /// <summary>
    /// What is timed: loss weights, batch size and context, learning rates, the untying of the output head, and what is measured after the last
    /// step. By first step, the first of them 0 and all before <see cref="Steps"/>; pieces that begin at the same step are one, and none repeats what held before it.
    /// </summary>
    public required ImmutableArray<TimedPiece> Pieces { get; init; }

    /// <summary>Step at which the run ends.</summary>
    public required int Steps { get; init; }

    /// <summary>What is measured after the last step, as the last piece says it; null for nothing.</summary>
    public string? Measurement { get; init; }

    /// <summary>The timeline of a run.</summary>
    public static RunTimeline Of(TrainingOptions options) => new RunTimelines().Of(options);

    /// <summary>The same configuration with another seed.</summary>
    public RunTimeline WithSeed(int seed) => seed == Fixed.Seed ? this : this with { Fixed = Fixed with { Seed = seed } };
}
