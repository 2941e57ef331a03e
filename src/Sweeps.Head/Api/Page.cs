namespace Sweeps.Head.Api;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">The entries from <paramref name="Offset"/> on, at most <paramref name="Limit"/>.</param>
/// <param name="Total">Entries of the whole list, after filters.</param>
/// <param name="Offset">Entries before these.</param>
/// <param name="Limit">The most entries that were asked for.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total, int Offset, int Limit)
{
    /// <summary>Cuts the part out of the whole list.</summary>
    public static Page<T> Of(IReadOnlyCollection<T> all, int offset, int limit) => new([.. all.Skip(offset).Take(limit)], all.Count, offset, limit);
}
