namespace Sweeps.Training.Data;

/// <summary>The two disjoint parts of a task's examples.</summary>
public enum Part
{
    /// <summary>Nine tenths of them.</summary>
    Training,

    /// <summary>The others, which training never shows.</summary>
    Validation,
}
