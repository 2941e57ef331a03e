using System.Net;

namespace Orleans.Hosting;

/// <summary>Clustering of the silo.</summary>
public static class CoreHostingExtensions
{
    /// <summary>A cluster of this process alone. There is no network here, so ports and names mean nothing.</summary>
    public static ISiloBuilder UseLocalhostClustering(this ISiloBuilder builder, int siloPort = 11111, int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null, string serviceId = "dev", string clusterId = "dev") => builder;
}
