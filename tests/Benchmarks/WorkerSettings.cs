namespace Benchmarks;

/// <summary>The environment that the agent gives its workers.</summary>
internal static class WorkerSettings
{
    internal static IEnumerable<(string Name, string Value)> Of(int threads) =>
    [
        ("OMP_NUM_THREADS", threads.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("OMP_WAIT_POLICY", "passive"), ("MALLOC_TOP_PAD_", "268435456"), ("MALLOC_TRIM_THRESHOLD_", "4294967296"), ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
        ("DOTNET_TieredPGO", "0"),
    ];
}
