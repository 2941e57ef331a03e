using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>What one layer keeps of the tokens it has seen: keys and values, and with time-mixing its attention's inputs.</summary>
internal sealed class LayerCache : IDisposable
{
    private readonly PositionBuffer keys, values;  // (B*H, capacity, D)
    private readonly PositionBuffer? inputs;       // (B, capacity + 1, C/2): zeros, then each position's

    /// <summary>Room for <paramref name="capacity"/> positions of each row.</summary>
    internal LayerCache(TrainingOptions options, int rows, int capacity, Tensor like)
    {
        var (H, D) = (options.AttentionHeads, options.Width / options.AttentionHeads);
        keys = new PositionBuffer(rows, capacity, D, like, inner: H);
        values = new PositionBuffer(rows, capacity, D, like, inner: H);
        if (options.TimeMixing) inputs = new PositionBuffer(rows, capacity + 1, options.Width / 2, like);
    }

    /// <summary>Keeps keys and values of new tokens, (B*H, S, D).</summary>
    /// <returns>Those of all tokens so far, views (B*H, K, D).</returns>
    internal (Tensor Keys, Tensor Values) Append(Tensor newKeys, Tensor newValues, Placement at)
    {
        keys.Write(newKeys, at.Slots);
        values.Write(newValues, at.Slots);
        return (keys.First(at.Keys), values.First(at.Keys));
    }

    /// <summary>Keeps the half of the inputs of attention that time-mixing delays, (B, S, C/2).</summary>
    /// <returns>That of the tokens before, (B, S, C/2).</returns>
    internal Tensor Delay(Tensor half, Placement at)
    {
        inputs!.Write(half, at.Shifted);
        return inputs.Read(at.Previous);
    }

    /// <summary>Moves what is kept at some slots to others.</summary>
    internal void Move(Slots from, Slots to, Slots fromShifted, Slots toShifted)
    {
        using var scope = NewDisposeScope();
        keys.Write(keys.Read(from).clone(), to);
        values.Write(values.Read(from).clone(), to);
        inputs?.Write(inputs.Read(fromShifted).clone(), toShifted);
    }

    public void Dispose()
    {
        keys.Dispose();
        values.Dispose();
        inputs?.Dispose();
    }
}

/// <summary>A layer's cache and where the new tokens of a forward stand in it.</summary>
internal readonly record struct Cached(LayerCache Layer, Placement At);
