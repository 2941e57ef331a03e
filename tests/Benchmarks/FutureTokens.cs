namespace Benchmarks;

/// <summary>What predicting several tokens costs, against predicting one and against one graph of all heads.</summary>
internal static class FutureTokens
{
    private const int Threads = 2, Rounds = 5;

    internal static bool Run()
    {
        var large = Shape.NanoGpt with { Vocabulary = 50_304, Steps = 8 };
        Measured.Header($"shared heads, {large}, threads: {Threads} (ms a step)");
        var shared = new Contest(Rounds,
            Of("K = 3", large, "heads=3", "loss_weights=[1, 0.5, 0.25]"),
            Of("K = 1", large));
        var ok = shared.Row("ms", "K = 3", "K = 1", 1.05);

        foreach (var shape in new[] { Shape.NanoGpt, large })
        {
            Measured.Header($"4 parallel heads, {shape}, threads: {Threads} (ms a step)");
            var backward = new Contest(Rounds,
                Of("sequential", shape, "head_kind=parallel", "heads=4"),
                Of("naive", shape, "head_kind=parallel", "heads=4", "backward=naive"));
            ok &= backward.Row("ms", "sequential", "naive", 1.05);
        }

        // Narrow and wide in symbols, so that logits are most of the memory, and each head's above the size from which on the allocator
        // gives memory back at once.
        var narrow = large with { Layers = 1, AttentionHeads = 1, Width = 16, Batch = 24, Steps = 2 };
        Measured.Header($"parallel heads, {narrow} (MiB at the peak)");
        var memory = new Contest(rounds: 1,
            [.. new[] { 1, 2, 4, 8 }.Select(n => Of($"n = {n}", narrow, "head_kind=parallel", $"heads={n}")), Of("n = 4, naive", narrow, "head_kind=parallel", "heads=4", "backward=naive")]);
        foreach (var n in new[] { 2, 4, 8 }) ok &= memory.Row("peak_mib", $"n = {n}", "n = 1", 1.05);
        memory.Row("peak_mib", "n = 4, naive", "n = 1", bound: null);
        return ok;
    }

    private static Contender Of(string name, Shape shape, params string[] parameters) => new(name, () => AgainstPyTorch.Sweeps(shape, Threads, parameters));
}
