namespace Sweeps.Training.Decoding;

/// <summary>
/// Which drafted tokens stay (Leviathan et al. 2023, algorithm 1; Chen et al. 2023): token x drawn from q is accepted with probability
/// p(x) / (lenience q(x)); after a rejection the token is drawn from norm(relu(p - q)), and when all are accepted one more from p. With
/// lenience 1 the tokens are distributed as p says, whatever q is.
/// </summary>
public static class Acceptance
{
    /// <summary>The probability of accepting a token.</summary>
    /// <param name="p">Its probability in the model.</param>
    /// <param name="q">Its probability in the draft.</param>
    /// <param name="lenience">1 is lossless; below 1 accepts more than it should.</param>
    public static double Probability(double p, double q, double lenience) => p >= lenience * q ? 1 : p / (lenience * q);

    /// <summary>Writes norm(relu(p - q)); where nothing is left, which takes a lenience above 1 or rounding, it is p.</summary>
    public static void Residual(ReadOnlySpan<double> p, ReadOnlySpan<double> q, Span<double> residual)
    {
        var sum = 0.0;
        for (var x = 0; x < p.Length; x++) sum += residual[x] = Math.Max(0, p[x] - q[x]);
        if (sum > 0) Sampling.Normalize(residual);
        else p.CopyTo(residual);
    }

    /// <summary>Accepts drafted tokens from the first on, and draws the token after them.</summary>
    /// <param name="drafted">Tokens, n.</param>
    /// <param name="p">The model's distributions for these places and the one after, (n + 1, V).</param>
    /// <param name="q">The distributions that the tokens were drawn from, (n, V).</param>
    /// <param name="lenience">1 is lossless.</param>
    /// <param name="uniform">Draws from [0, 1).</param>
    /// <returns>How many stay, and the token after them.</returns>
    public static (int Accepted, int Next) Verify(
        ReadOnlySpan<int> drafted, ReadOnlySpan<double> p, ReadOnlySpan<double> q, double lenience, Func<double> uniform)
    {
        var V = p.Length / (drafted.Length + 1);
        for (var j = 0; j < drafted.Length; j++)
        {
            var pj = p.Slice(j * V, V);
            var qj = q.Slice(j * V, V);
            if (uniform() < Probability(pj[drafted[j]], qj[drafted[j]], lenience)) continue;
            var residual = new double[V];
            Residual(pj, qj, residual);
            return (j, Sampling.Draw(residual, uniform()));
        }
        return (drafted.Length, Sampling.Draw(p[^V..], uniform()));
    }
}
