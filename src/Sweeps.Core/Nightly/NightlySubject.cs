using System.Security.Cryptography;
using System.Text.Json;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Nightly;

/// <summary>What a nightly job measures. Nights are compared with those of the same subject alone: a changed file that trains something else begins anew.</summary>
public static class NightlySubject
{
    /// <summary>A hash of all that its numbers depend on; the schedule, the alert, the target and the description are no part of it.</summary>
    public static string Of(SweepSpec spec) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
    {
        spec.Program,
        spec.Command?.Arguments,
        spec.Command?.Metrics,
        Metric = spec.Metric.Name,
        spec.Metric.Metric.Goal,
        spec.Method,
        spec.RunCap,
        spec.Seeds,
        Configurations = spec.Configurations.Select(configuration => configuration.CanonicalJson),
    }, Json.Options)));
}
