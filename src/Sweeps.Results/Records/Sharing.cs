namespace Sweeps.Results.Records;

/// <summary>With which runs those of a sweep share stages where they begin alike. What is added to a sweep later keeps to it.</summary>
public enum Sharing
{
    /// <summary>With those of the sweep and of earlier ones.</summary>
    All,

    /// <summary>With those of the sweep.</summary>
    Own,

    /// <summary>With none.</summary>
    None,
}
