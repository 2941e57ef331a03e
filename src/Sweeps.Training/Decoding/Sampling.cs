namespace Sweeps.Training.Decoding;

/// <summary>From logits to a distribution, and from a distribution to a token.</summary>
public static class Sampling
{
    /// <summary>
    /// Writes the distribution that a token is drawn from: softmax(logits / temperature), cut to the top k, then to the top p, and rescaled.
    /// Temperature 0 gives all to the most likely token, the first of equals.
    /// </summary>
    /// <param name="logits">V logits.</param>
    /// <param name="options">Temperature and cuts.</param>
    /// <param name="p">V probabilities.</param>
    public static void Distribution(ReadOnlySpan<float> logits, SamplingOptions options, Span<double> p)
    {
        var best = 0;
        for (var x = 1; x < logits.Length; x++)
        {
            if (logits[x] > logits[best]) best = x;
        }
        if (options.Temperature == 0)
        {
            p.Clear();
            p[best] = 1;
            return;
        }
        for (var x = 0; x < logits.Length; x++) p[x] = Math.Exp(((double)logits[x] - logits[best]) / options.Temperature);
        if (options.TopK > 0 && options.TopK < p.Length) KeepTopK(p, options.TopK);
        Normalize(p);
        if (options.TopP < 1) KeepTopP(p, options.TopP);
    }

    /// <summary>The token at <paramref name="u"/> of the cumulative distribution.</summary>
    /// <param name="p">V probabilities.</param>
    /// <param name="u">In [0, 1).</param>
    public static int Draw(ReadOnlySpan<double> p, double u)
    {
        var (sum, last) = (0.0, 0);
        for (var x = 0; x < p.Length; x++)
        {
            if (p[x] == 0) continue;
            sum += p[x];
            if (u < sum) return x;
            last = x;
        }
        return last; // the sum is 1 but for rounding
    }

    /// <summary>Divides by the sum.</summary>
    internal static void Normalize(Span<double> p)
    {
        var sum = 0.0;
        foreach (var value in p) sum += value;
        for (var x = 0; x < p.Length; x++) p[x] /= sum;
    }

    private static void KeepTopK(Span<double> p, int k)
    {
        var sorted = p.ToArray();
        Array.Sort(sorted);
        var least = sorted[^k];
        for (var x = 0; x < p.Length; x++)
        {
            if (p[x] < least) p[x] = 0;
        }
    }

    private static void KeepTopP(Span<double> p, double mass)
    {
        // Most likely first; of equals the first token, so that the cut is the same everywhere.
        var order = Enumerable.Range(0, p.Length).ToArray();
        var copy = p.ToArray();
        Array.Sort(order, (a, b) => copy[b].CompareTo(copy[a]) is var by and not 0 ? by : a.CompareTo(b));
        var sum = 0.0;
        foreach (var x in order)
        {
            if (sum >= mass) p[x] = 0;
            sum += copy[x];
        }
        Normalize(p);
    }
}
