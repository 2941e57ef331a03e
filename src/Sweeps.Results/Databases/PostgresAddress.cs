using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sweeps.Results.Databases;

/// <summary>
/// Where a PostgreSQL database is: <c>postgres://user@host:port/name</c>, also with <c>?host=/var/run/postgresql</c> (the directory of its socket), <c>sslmode</c> and
/// <c>sslrootcert</c>, as libpq has them. Other processes can read a command line: the password comes from the file that <c>SWEEPS_DATABASE_PASSWORD_FILE</c> names, or
/// as PostgreSQL's own programs find theirs (<c>PGPASSFILE</c>, <c>~/.pgpass</c>).
/// </summary>
public sealed partial record PostgresAddress
{
    /// <summary>Names a file with nothing but the password.</summary>
    public const string PasswordFileVariable = "SWEEPS_DATABASE_PASSWORD_FILE";

    private const string Form = "postgres://user@host:port/name";

    private PostgresAddress(string text, NpgsqlConnectionStringBuilder connection) => (Text, Connection) = (text, connection);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The server, or its socket's directory.</summary>
    public string Host => Connection.Host!;

    private NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>Whether a text means a server, not a file.</summary>
    public static bool IsOne(string text) => text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <summary>Reads one.</summary>
    /// <exception cref="ResultsException">It is of another form, or has a password in it.</exception>
    public static PostgresAddress Parse(string text)
    {
        var match = Parts().Match(text);
        if (!match.Success) throw Bad($"The address of the database is not of the form {Form}: {WithoutPassword(text)}.");
        if (match.Groups["password"].Success) throw Bad($"The address of the database has a password in it, which other processes can read: write {WithoutPassword(text)}, and put the password into a file that {PasswordFileVariable} names.");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = match.Groups["host"].Value.Trim('[', ']'), Database = Uri.UnescapeDataString(match.Groups["name"].Value),
            Username = match.Groups["user"] is { Length: > 0 } user ? Uri.UnescapeDataString(user.Value) : Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName,
        };
        if (match.Groups["port"].Success)
            connection.Port = int.TryParse(match.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
                : throw Bad($"The port of the database is a number from 1 to 65535: {text}.");
        foreach (var setting in match.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = setting.Split('=', 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (setting, "");
            switch (name)
            {
                case "host": connection.Host = value; break;
                case "sslrootcert": connection.RootCertificate = value; break;
                case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode): connection.SslMode = mode; break;
                case "sslmode": throw Bad($"sslmode is disable, allow, prefer, require, verify-ca or verify-full, not {value}.");
                default: throw Bad($"The address of a database knows host, sslmode and sslrootcert after its question mark, not {name}.");
            }
        }
        if (connection.Host!.Length == 0) throw Bad($"The address of the database names no host: {Form}, or postgres://user@/name?host=DIRECTORY for a socket.");
        return new PostgresAddress(text, connection);
    }

    /// <summary>What Npgsql opens connections by, with the password that is in the file now.</summary>
    public NpgsqlConnectionStringBuilder ConnectionString()
    {
        var connection = new NpgsqlConnectionStringBuilder(Connection.ConnectionString);
        if (Environment.GetEnvironmentVariable(PasswordFileVariable) is { Length: > 0 } file)
        {
            try
            {
                connection.Password = File.ReadAllText(file).TrimEnd('\r', '\n');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new ResultsException(ResultsFailure.Refused, $"The file of the database's password cannot be read ({PasswordFileVariable}={file}): {exception.Message}", exception);
            }
        }
        return connection;
    }

    private static ResultsException Bad(string message) => new(ResultsFailure.Refused, message);

    private static string WithoutPassword(string text) => Password().Replace(text, "$1@");

    [GeneratedRegex(@"^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^@/]*))?@)?(?<host>\[[^\]]*\]|[^:/?@\[\]]*)(:(?<port>[^/?@]*))?/(?<name>[^/?]+)(\?(?<query>.*))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();

    [GeneratedRegex(@"(?<=://)([^:@/?]*):[^@]*@")]
    private static partial Regex Password();
}
