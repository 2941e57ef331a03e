using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// What one layer keeps of the tokens it has seen: keys and values, and with time-mixing its attention's inputs; all in the precision that
/// the layer computes them in.
/// </summary>
/// <param name="rows">B.</param>
/// <param name="capacity">Positions of each row.</param>
internal sealed class LayerCache(int rows, int capacity) : IDisposable
{
    private PositionBuffer? keys, values;          // (B*H, capacity, D)
    private PositionBuffer? inputs;                // (B, capacity + 1, C/2): zeros, then each position's

    /// <summary>Keeps keys and values of new tokens, (B*H, S, D).</summary>
    /// <returns>Those of all tokens so far, views (B*H, K, D).</returns>
    internal (Tensor Keys, Tensor Values) Append(Tensor newKeys, Tensor newValues, Placement at)
    {
        keys ??= new PositionBuffer(rows, capacity, newKeys);
        values ??= new PositionBuffer(rows, capacity, newValues);
        keys.Write(newKeys, at.Slots);
        values.Write(newValues, at.Slots);
        return (keys.First(at.Keys), values.First(at.Keys));
    }

    /// <summary>Keeps the half of the inputs of attention that time-mixing delays, (B, S, C/2).</summary>
    /// <returns>That of the tokens before, (B, S, C/2).</returns>
    internal Tensor Delay(Tensor half, Placement at)
    {
        inputs ??= new PositionBuffer(rows, capacity + 1, half);
        inputs.Write(half, at.Shifted);
        return inputs.Read(at.Previous);
    }

    /// <summary>Moves what is kept at some slots to others.</summary>
    internal void Move(Slots from, Slots to, Slots fromShifted, Slots toShifted)
    {
        using var scope = NewDisposeScope();
        keys?.Write(keys.Read(from).clone(), to);
        values?.Write(values.Read(from).clone(), to);
        inputs?.Write(inputs.Read(fromShifted).clone(), toShifted);
    }

    public void Dispose()
    {
        keys?.Dispose();
        values?.Dispose();
        inputs?.Dispose();
    }
}

/// <summary>A layer's cache and where the new tokens of a forward stand in it.</summary>
internal readonly record struct Cached(LayerCache Layer, Placement At);
