using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>B windows of T + n tokens: inputs are the first T, targets of offset j are those that stand j + 1 places later.</summary>
public sealed class Batch : IDisposable
{
    private readonly long[] windows;
    private readonly int futures;
    private readonly ushort? documentEnd;

    /// <summary>Wraps windows, row after row.</summary>
    public Batch(long[] windows, int sequences, int context, int futures, ushort? documentEnd = null, Device? device = null)
    {
        (this.windows, Sequences, Context, this.futures, this.documentEnd) = (windows, sequences, context, futures, documentEnd);
        Device = device ?? CPU;
        Tokens = Shifted(0, sequences, context).DetachFromDisposeScope();
    }

    /// <summary>B.</summary>
    public int Sequences { get; }

    /// <summary>T.</summary>
    public int Context { get; }

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; }

    /// <summary>Inputs, (B, T).</summary>
    public Tensor Tokens { get; }

    /// <summary>Targets of offset <paramref name="offset"/>, (B*T).</summary>
    public Tensor Target(int offset) => Shifted(offset + 1, Sequences * Context);

    /// <summary>The token after position <paramref name="position"/> of a sequence.</summary>
    internal long NextToken(int sequence, int position) => windows[sequence * (Context + futures) + position + 1];

    /// <summary>Whether the token after a position ends a document.</summary>
    internal bool EndsDocument(int sequence, int position) => NextToken(sequence, position) == documentEnd;

    /// <inheritdoc/>
    public void Dispose() => Tokens.Dispose();

    private Tensor Shifted(int shift, params long[] shape)
    {
        var values = new long[Sequences * Context];
        for (var b = 0; b < Sequences; b++) Array.Copy(windows, b * (Context + futures) + shift, values, b * Context, Context);
        return tensor(values, shape, device: Device);
    }
}
