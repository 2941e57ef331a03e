[assembly: AssemblyFixture(typeof(Sweeps.Results.Tests.PostgresTestServer))]

namespace Sweeps.Results.Tests;

/// <summary>Where tests that hold for either database have theirs.</summary>
public abstract class TestServer
{
    /// <summary>SQLite files.</summary>
    public static TestServer File { get; } = new Files();

    /// <summary>An empty database; skips the test where there can be none.</summary>
    public abstract TestDatabase New();

    private sealed class Files : TestServer
    {
        public override TestDatabase New() => new();
    }
}

/// <summary>Databases of a PostgreSQL server.</summary>
public sealed class PostgresTestServer : TestServer, IDisposable
{
    private readonly PostgresServer server = new();

    /// <summary>The address of an empty database.</summary>
    public string NewAddress() => server.NewAddress();

    public override TestDatabase New() => new(NewAddress());

    public void Dispose() => server.Dispose();
}
