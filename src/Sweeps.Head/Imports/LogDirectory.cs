using System.Security.Cryptography;
using System.Text;
using Sweeps.Core.Commands;
using Sweeps.Results;

namespace Sweeps.Head.Imports;

/// <summary>A directory of logs: a run each, all of one configuration, or of one configuration for each sub-directory.</summary>
/// <param name="Name">Name of the directory.</param>
/// <param name="Configurations">The logs with metrics by name of the configuration, both in ordinal order.</param>
/// <param name="Skipped">Files without any metric, relative to the directory.</param>
internal sealed record LogDirectory(string Name, IReadOnlyList<(string Name, IReadOnlyList<TrainingLog> Logs)> Configurations, IReadOnlyList<string> Skipped)
{
    /// <summary>All logs with metrics.</summary>
    public IEnumerable<TrainingLog> Logs => Configurations.SelectMany(configuration => configuration.Logs);

    /// <summary>Reads all files of a directory and of its sub-directories; hidden ones do not count.</summary>
    /// <exception cref="ResultsException">It is not there or has no logs, or has them both in itself and in sub-directories.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static LogDirectory Read(string directory, IReadOnlyList<MetricPattern> patterns)
    {
        var root = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        if (File.Exists(root.FullName)) throw Refused($"{directory} is a file; name the directory that holds the logs, one file for each run");
        if (!root.Exists) throw Refused($"there is no directory {directory}");
        var read = new[] { root }.Concat(root.EnumerateDirectories().Where(IsShown).OrderBy(one => one.Name, StringComparer.Ordinal))
            .Select(place => (place.Name, Logs: place.EnumerateFiles().Where(IsShown).OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => TrainingLog.Read(file.FullName, patterns)).ToArray())).ToArray();
        var configurations = read.Select(place => (place.Name, Logs: (IReadOnlyList<TrainingLog>)[.. place.Logs.Where(log => !log.IsEmpty)])).ToArray();
        var inside = configurations.Skip(1).Where(place => place.Logs.Count > 0).ToArray();
        if (configurations[0].Logs.Count > 0 && inside.Length > 0)
            throw Refused($"{directory} has logs both in itself ({Path.GetFileName(configurations[0].Logs[0].Path)}) and in its sub-directory {inside[0].Name}; "
                + "move those of one configuration into one sub-directory");
        var skipped = read.SelectMany(place => place.Logs).Where(log => log.IsEmpty).Select(log => Path.GetRelativePath(root.FullName, log.Path)).ToArray();
        var found = inside.Length > 0 ? inside : configurations.Take(1).Where(place => place.Logs.Count > 0).ToArray();
        if (found.Length == 0)
            throw Refused(skipped.Length == 0 ? $"{directory} holds no files, and no sub-directories with files"
                : $"none of the {skipped.Length} files in {directory} has a line with metrics (such as \"{TrainingLog.Patterns[0]}\" or {{\"step\": 250, \"val_loss\": 1.9}}); "
                    + "say what such lines look like with --pattern");
        return new LogDirectory(root.Name, found, skipped);
    }

    /// <summary>SHA-256 of all that was read, hexadecimal: the same logs, wherever they lie, have the same.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, logs) in Configurations)
        {
            // Of a single configuration the directory's name does not matter.
            hash.AppendData(Encoding.UTF8.GetBytes(Configurations.Count > 1 ? name : ""));
            foreach (var log in logs) hash.AppendData(SHA256.HashData(File.ReadAllBytes(log.Path)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsShown(FileSystemInfo entry) => !entry.Name.StartsWith('.');

    private static ResultsException Refused(string problem) => new(ResultsFailure.Refused, problem + ".");
}
