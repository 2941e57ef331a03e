using Sweeps.Training.Decoding;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sweeps.Training;

/// <summary>
/// Rotary positions (Su et al. 2021, section 3.2): channels i and i + D/2 of a query or key at position t are turned as a pair by the angle
/// t * 10000^(-2i/D), so that products of queries and keys depend on the distance of their positions alone.
/// </summary>
internal sealed class RotaryPositions : Module<Tensor, long, Tensor>
{
    private const double Base = 10_000;

    private readonly Tensor cosine, sine;          // (T, D/2)

    /// <param name="context">Positions T.</param>
    /// <param name="channels">Channels D of a head, an even number.</param>
    /// <param name="type">Type of the queries and keys.</param>
    internal RotaryPositions(int context, int channels, ScalarType type) : base(nameof(RotaryPositions))
    {
        var half = channels / 2;
        var angles = new double[context * half];
        for (var t = 0; t < context; t++)
            for (var i = 0; i < half; i++) angles[t * half + i] = t * Math.Pow(Base, -2.0 * i / channels);
        cosine = tensor(Array.ConvertAll(angles, Math.Cos), [context, half], dtype: type);
        sine = tensor(Array.ConvertAll(angles, Math.Sin), [context, half], dtype: type);
        RegisterComponents();
    }

    /// <summary>(N, T, D) to (N, T, D), for the positions <paramref name="first"/> to first + T - 1.</summary>
    public override Tensor forward(Tensor x, long first)
    {
        using var scope = NewDisposeScope();
        return Turn(x, cosine.narrow(0, first, x.size(1)), sine.narrow(0, first, x.size(1))).MoveToOuterDisposeScope();
    }

    /// <summary>(B*H, S, D) to (B*H, S, D), for new tokens at their places.</summary>
    internal Tensor Turn(Tensor x, Placement at)
    {
        using var scope = NewDisposeScope();
        return Turn(x, ForHeads(at.ByPosition(cosine)), ForHeads(at.ByPosition(sine))).MoveToOuterDisposeScope();

        // (S, D/2) serves all rows; of (B, S, D/2) each head of a row takes a copy.
        Tensor ForHeads(Tensor table) => table.dim() == 2 ? table
            : table.unsqueeze(1).expand(at.Rows, x.size(0) / at.Rows, at.Count, table.size(2)).reshape(x.size(0), at.Count, table.size(2));
    }

    private static Tensor Turn(Tensor x, Tensor c, Tensor s)
    {
        using var scope = NewDisposeScope();
        var half = x.size(2) / 2;
        var (a, b) = (x.narrow(2, 0, half), x.narrow(2, half, half));
        return cat([a * c - b * s, b * c + a * s], 2).MoveToOuterDisposeScope();
    }
}
