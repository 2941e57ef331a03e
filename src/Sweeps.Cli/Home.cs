using System.CommandLine;

namespace Sweeps.Cli;

/// <summary>
/// The directory that holds everything that is kept between calls: <c>--home</c>, <c>SWEEPS_HOME</c> or <c>~/.sweeps</c>; and where the results are, a
/// file in it or what <c>--database</c> or <c>SWEEPS_DATABASE</c> names.
/// </summary>
/// <param name="Directory">Its full path.</param>
/// <param name="Database">The results database: a file, or <c>postgres://user@host:port/name</c>.</param>
public sealed record Home(string Directory, string Database)
{
    /// <summary>The option of all commands for where the results are.</summary>
    internal static Option<string?> DatabaseOption { get; } = new("--database")
    {
        Description = "Results database: a file, or postgres://user@host:port/name (default: $SWEEPS_DATABASE, else sweeps.db in the home)",
        HelpName = "DATABASE",
        Recursive = true,
    };

    /// <summary>The option that every command with results has.</summary>
    public static Option<DirectoryInfo?> CreateOption() => new("--home")
    {
        Description = "Directory of the database, checkpoints and logs (default: $SWEEPS_HOME, else ~/.sweeps)",
        HelpName = "DIR",
    };

    /// <summary>The home that the option, else the environment names.</summary>
    public static Home Of(ParseResult parsed, Option<DirectoryInfo?> option)
    {
        var chosen = parsed.GetValue(option)?.FullName ?? Environment.GetEnvironmentVariable("SWEEPS_HOME");
        var directory = Path.GetFullPath(!string.IsNullOrEmpty(chosen) ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".sweeps"));
        var database = parsed.GetValue(DatabaseOption) ?? Environment.GetEnvironmentVariable("SWEEPS_DATABASE");
        return new(directory, !string.IsNullOrEmpty(database) ? database : Path.Combine(directory, "sweeps.db"));
    }

    /// <summary>Data sets: <c>SWEEPS_DATA</c>, else <c>data</c> in the home.</summary>
    public string Data => Environment.GetEnvironmentVariable("SWEEPS_DATA") is { Length: > 0 } data ? Path.GetFullPath(data) : Path.Combine(Directory, "data");
}
