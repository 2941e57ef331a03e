using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Sweeps.Results.Databases;

namespace Sweeps.Head.Silos;

/// <summary>
/// A head as one of several: an Orleans silo whose membership and reminders are in the PostgreSQL database of the results, by Orleans' own providers and tables.
/// Any silo runs any grain; what one that died had is activated elsewhere at the next call.
/// </summary>
public static class ClusterSilo
{
    /// <summary>Of the cluster, and of its reminders: one database has one cluster.</summary>
    private const string Name = "sweeps";

    /// <summary>How Orleans calls Npgsql.</summary>
    private const string Invariant = "Npgsql";

    /// <summary>Why this build cannot join a cluster; null when it can.</summary>
    public static string? Missing => null;

    /// <summary>Makes a silo one of the cluster.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="at">Where the other silos reach it.</param>
    /// <param name="database">The results database, <c>postgres://user@host:port/name</c>.</param>
    public static void Join(ISiloBuilder silo, IPEndPoint at, string database)
    {
        var connection = PostgresAddress.Parse(database).ConnectionString().ConnectionString;
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = Invariant;
            clustering.ConnectionString = connection;
        });
        silo.UseAdoNetReminderService(reminders =>
        {
            reminders.Invariant = Invariant;
            reminders.ConnectionString = connection;
        });
        // Listens at this address alone, since Orleans does not ask who calls; no gateway: what comes over the API is a silo's own call.
        silo.ConfigureEndpoints(at.Address, at.Port, gatewayPort: 0);
        silo.Services.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = Name;
            cluster.ServiceId = Name;
        });
        // A dead silo is replaced after about two seconds instead of fifteen; calls to it that are under way fail as soon as it is declared dead.
        silo.Services.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 1;
        });
        // Shorter than a lease, longer than the choice of a Gaussian process.
        silo.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
    }
}
