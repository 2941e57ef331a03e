using System.CommandLine;

namespace Sweeps.Cli;

/// <summary>The directory that holds everything that is kept between calls: <c>--home</c>, <c>SWEEPS_HOME</c> or <c>~/.sweeps</c>.</summary>
/// <param name="Directory">Its full path.</param>
public sealed record Home(string Directory)
{
    /// <summary>The option that every command with results has.</summary>
    public static Option<DirectoryInfo?> CreateOption() => new("--home")
    {
        Description = "Directory of the database, checkpoints and logs (default: $SWEEPS_HOME, else ~/.sweeps)",
        HelpName = "DIR",
    };

    /// <summary>The home that the option, else the environment names.</summary>
    public static Home Of(DirectoryInfo? option)
    {
        var chosen = option?.FullName ?? Environment.GetEnvironmentVariable("SWEEPS_HOME");
        return new(Path.GetFullPath(!string.IsNullOrEmpty(chosen) ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".sweeps")));
    }

    /// <summary>The results database.</summary>
    public string Database => Path.Combine(Directory, "sweeps.db");

    /// <summary>Data sets: <c>SWEEPS_DATA</c>, else <c>data</c> in the home.</summary>
    public string Data => Environment.GetEnvironmentVariable("SWEEPS_DATA") is { Length: > 0 } data ? Path.GetFullPath(data) : Path.Combine(Directory, "data");
}
