namespace Sweeps.Core.Stages;

/// <summary>What one timed part of a run is from a step on, until a later piece of the same part replaces it.</summary>
/// <param name="FirstStep">The first step that it holds for.</param>
/// <param name="Meaning">
/// The part and what it is, canonical: two pieces with the same meaning give the same values, bit for bit, at every step that both hold for,
/// however they were written.
/// </param>
public readonly record struct TimedPiece(long FirstStep, string Meaning);
