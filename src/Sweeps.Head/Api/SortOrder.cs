namespace Sweeps.Head.Api;

/// <summary>Which end of a list comes first.</summary>
public enum SortOrder
{
    /// <summary>Smallest, earliest or first in the alphabet.</summary>
    Asc,

    /// <summary>Largest, latest or last in the alphabet.</summary>
    Desc,
}
