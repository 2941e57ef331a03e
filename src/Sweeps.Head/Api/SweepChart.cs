namespace Sweeps.Head.Api;

/// <summary>The charts of a sweep.</summary>
public enum SweepChart
{
    /// <summary>The metric against training.</summary>
    Loss,

    /// <summary>Sample efficiency at the target.</summary>
    Efficiency,

    /// <summary>Sample efficiency against the target.</summary>
    Targets,

    /// <summary>The effect of one parameter.</summary>
    Parameters,
}

/// <summary>The colours of a picture.</summary>
public enum ChartColors
{
    /// <summary>For light pages and paper.</summary>
    Light,

    /// <summary>For dark pages.</summary>
    Dark,
}
