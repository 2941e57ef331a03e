using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Sweeps.Results.Tests;

/// <summary>
/// A PostgreSQL server of the tests' own, which the first of them starts: the distribution's, in a temporary directory, reached by a socket there. It refuses to run as
/// root, who starts it as another user.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly string[] Users = ["postgres", "nobody"];

    private readonly Lazy<string?> trouble;
    private readonly string? programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => int.Parse(Path.GetFileName(Path.GetDirectoryName(bin))!, CultureInfo.InvariantCulture)).FirstOrDefault() : null;
    private string directory = "";
    private string[] asUser = [];
    private int databases;

    public PostgresServer() => trouble = new Lazy<string?>(Begin);

    /// <summary>The address of an empty database; skips the test where there can be none.</summary>
    public string NewAddress()
    {
        Assert.SkipWhen(trouble.Value is not null, trouble.Value ?? "");
        var name = $"test{Interlocked.Increment(ref databases)}";
        using var connection = new NpgsqlConnection($"Host={directory};Username=sweeps;Database=postgres;Pooling=False");
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return $"postgres://sweeps@/{name}?host={directory}";
    }

    /// <summary>Ends every process of the server at once, as a crash does.</summary>
    public void Kill() => Control("stop", "-m", "immediate");

    public void Start() => Control("start", "-w", "-l", Path.Combine(directory, "log"), "-o", $"-k {directory} -c listen_addresses='' -c max_connections=200");

    public void Dispose()
    {
        if (!trouble.IsValueCreated || directory.Length == 0) return;
        if (trouble.Value is null && File.Exists(Path.Combine(directory, "data", "postmaster.pid"))) Kill();
        Directory.Delete(directory, recursive: true);
    }

    /// <returns>Null, or why there is no server.</returns>
    private string? Begin()
    {
        if (programs is null) return "PostgreSQL's server is not installed (on Debian: apt-get install postgresql).";
        directory = Directory.CreateTempSubdirectory("sweeps-pg-").FullName;
        if (Environment.UserName == "root")
        {
            if (Users.FirstOrDefault(user => Run(["id", user]).Code == 0) is not { } user || Run(["chown", user, directory]).Code != 0) return "PostgreSQL does not run as root, and there is no other user to run it as.";
            asUser = ["runuser", "-u", user, "--"];
            if (Run([.. asUser, "true"]) is { Code: not 0 } refused) return $"PostgreSQL does not run as root, and runuser refuses to be another user: {refused.Output}";
        }
        if (Run([.. asUser, Path.Combine(programs, "initdb"), "-D", Path.Combine(directory, "data"), "-U", "sweeps", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]) is { Code: not 0 } failed)
            throw new InvalidOperationException($"initdb failed: {failed.Output}");
        Start();
        return null;
    }

    private void Control(params string[] arguments)
    {
        var (code, output) = Run([.. asUser, Path.Combine(programs!, "pg_ctl"), "-D", Path.Combine(directory, "data"), "-s", .. arguments]);
        if (code != 0) throw new InvalidOperationException($"pg_ctl {arguments[0]} failed: {output}");
    }

    // The server outlives pg_ctl and must not keep a pipe of ours open: what it says goes to a file.
    private (int Code, string Output) Run(string[] command)
    {
        var log = Path.Combine(Path.GetTempPath(), $"sweeps-pg-{Guid.NewGuid():N}.log");
        try
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" > \"$log\" 2>&1 < /dev/null", "sh", log, .. command]) { WorkingDirectory = "/" };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return (process.ExitCode, File.ReadAllText(log));
        }
        finally
        {
            File.Delete(log);
        }
    }
}
