using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>Which slots of a <see cref="PositionBuffer"/> S vectors of each of B rows have.</summary>
internal sealed class Slots : IDisposable
{
    private readonly int[][] slots;
    private readonly List<(long Capacity, int Inner, Tensor Index)> indices = [];

    /// <summary>Slots row by row, as many for each.</summary>
    internal Slots(int[][] slots)
    {
        this.slots = slots;
        Count = slots[0].Length;
        var first = slots[0][0];
        if (Array.TrueForAll(slots, row => IsRange(row, first))) Start = first;
    }

    /// <summary>S.</summary>
    internal int Count { get; }

    /// <summary>The first slot when every row has the same ones and they follow each other: then a view does, and nothing is gathered.</summary>
    internal int? Start { get; }

    /// <summary>S slots of each row from its start on.</summary>
    internal static Slots From(IReadOnlyList<int> starts, int count) => new([.. starts.Select(start => Enumerable.Range(start, count).ToArray())]);

    /// <summary>The vectors' places in a buffer's memory, (B * inner * S); all layers share it.</summary>
    internal Tensor Index(long capacity, int inner, Device device)
    {
        foreach (var known in indices)
        {
            if ((known.Capacity, known.Inner) == (capacity, inner)) return known.Index;
        }
        var places = new long[slots.Length * inner * Count];
        for (var r = 0; r < slots.Length * inner; r++)
        {
            var row = slots[r / inner];
            for (var s = 0; s < Count; s++) places[r * Count + s] = r * capacity + row[s];
        }
        var index = tensor(places, [places.Length], device: device).DetachFromDisposeScope();
        indices.Add((capacity, inner, index));
        return index;
    }

    public void Dispose()
    {
        foreach (var known in indices) known.Index.Dispose();
    }

    private static bool IsRange(int[] row, int first)
    {
        for (var s = 0; s < row.Length; s++)
        {
            if (row[s] != first + s) return false;
        }
        return true;
    }
}
