using System.Net;
using Orleans.Hosting;

namespace Sweeps.Head.Silos;

/// <summary>In place of a silo of a cluster, which needs Orleans' packages: says so.</summary>
public static class ClusterSilo
{
    /// <summary>Why this build cannot join a cluster; null when it can.</summary>
    public static string? Missing =>
        "--silo needs a build with Orleans' own packages, and this one has its stand-in for a single head: build with `dotnet build src/Sweeps.Cli -c Release -p:UseOrleans=package`, as docs/silos.md describes.";

    /// <summary>Never joins.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void Join(ISiloBuilder silo, IPEndPoint at, string database) => throw new NotSupportedException(Missing);
}
