using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>A stage of a sweep's tree: steps that one or more of its runs go through, trained once.</summary>
/// <param name="Id">The stage.</param>
/// <param name="SweepId">The sweep that trained it; another one where it was taken over.</param>
/// <param name="ParentId">The stage before it, or null for one that begins with fresh weights.</param>
/// <param name="Seed">Seed of its runs.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends; of a program of the user's 0 until it has ended.</param>
/// <param name="StepsDone">Steps done, counted from step 0.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Seconds">Time of all its attempts.</param>
/// <param name="Error">Why it failed or what its newest attempt met, or null.</param>
/// <param name="Label">Label of the first configuration that goes through it.</param>
/// <param name="Configurations">Configurations of the sweep that go through it, by their place in the sweep from 0.</param>
/// <param name="Runs">Ids of the sweep's runs that go through it.</param>
public sealed record SharedStage(long Id, long SweepId, long? ParentId, int Seed, int FromStep, int ToStep, int StepsDone, StageState State, int Attempts,
    double Seconds, string? Error, string Label, IReadOnlyList<int> Configurations, IReadOnlyList<long> Runs);
