namespace Sweeps.Core.Statistics;

/// <summary>What training is counted in: what a target costs, the axis of a curve.</summary>
public enum TrainingCost
{
    /// <summary>Training tokens.</summary>
    Tokens,

    /// <summary>Optimizer steps; the unit of comparisons where a program of the user's does not say how many tokens it has seen.</summary>
    Steps,

    /// <summary>Training seconds, validation and checkpoints not counted.</summary>
    Seconds,

    /// <summary>Floating-point operations by the model's formula (<see cref="Gpt.ModelFlops"/>), where runs tell them.</summary>
    Flops,
}
