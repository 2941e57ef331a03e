using System.Collections.Immutable;
using System.CommandLine;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Cli;

/// <summary>The sweep file that a command is given: read, checked, and its data found, before anything runs.</summary>
public static class SweepFileArgument
{
    /// <summary>The argument.</summary>
    public static Argument<string> Create() => new("file") { Description = "A sweep file, for example experiments/quickstart.yaml", HelpName = "FILE" };

    /// <summary>The option that has every run trained from its first step.</summary>
    public static Option<bool> CreateNoShare() => new("--no-share") { Description = "Train every run from its first step, as with share_prefixes: false in the file" };

    /// <summary>Reads the file and checks all of it; <paramref name="noShare"/> turns sharing off whatever it says. What another process is to train (<paramref name="isForHead"/>) names files by full paths, which are not looked for if it is on another machine (<paramref name="isElsewhere"/>).</summary>
    /// <exception cref="CommandFailure">It is not there or cannot be read, or a data file that it names is not there.</exception>
    /// <exception cref="SweepFileException">It has errors.</exception>
    public static SweepSpec Read(string path, bool noShare = false, bool isForHead = false, bool isElsewhere = false)
    {
        var spec = Parse(ReadText(path), path, isForHead, isElsewhere);
        return noShare ? spec with { SharePrefixes = false } : spec;
    }

    /// <summary>Checks the text of a file; otherwise as <see cref="Read"/>.</summary>
    public static SweepSpec Parse(string yaml, string path, bool isForHead = false, bool isElsewhere = false)
    {
        var spec = SweepFile.Parse(yaml, path).In(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (spec.IsImported) throw Bad($"{path} is of an imported sweep ('program: {SweepSpec.Import}') and cannot be trained.");
        if (spec.Command is null) CheckDataFiles(spec, path, isForHead, isElsewhere);
        else if (!isElsewhere) CheckProgram(spec.Command, path);
        return spec;
    }

    private static string ReadText(string path)
    {
        if (Directory.Exists(path)) throw Bad($"{path} is a directory; give one sweep file.");
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Bad($"there is no sweep file {path}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Bad($"the sweep file {path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>The program that the usual command gives to Python must be a file; of another command only its own program knows.</summary>
    private static void CheckProgram(CommandSpec command, string path)
    {
        if (!command.Arguments.SequenceEqual(CommandSpec.DefaultArguments)) return;
        var program = Path.Combine(command.Directory, command.Program!);
        if (File.Exists(program)) return;
        throw Bad($"{path} runs the program {command.Program}, which does not exist (looked for {program})"
            + (Nearest.To(command.Program!, ["gpt"]) is null ? "." : "; the built-in trainer is called gpt."));
    }

    /// <summary>The values of <c>data: file:PATH</c> and <c>init_from: PATH</c> must name files; relative ones are relative to the current directory, which is not a head's.</summary>
    private static void CheckDataFiles(SweepSpec spec, string path, bool isForHead, bool isElsewhere)
    {
        // The options of one configuration for each pair of values that the file gives the two.
        var planned = SweepPlan.Of(spec).Configurations.Select(configuration => configuration.Parameters);
        var options = planned.Concat(spec.Learns ? Named(spec, planned.First()) : []).DistinctBy(parameters => string.Join('\n',
            parameters.Where(pair => NamesFile(pair.Key)).Select(pair => $"{pair.Key} {pair.Value}")))
            .Select(parameters => TrainingOptions.FromParameters(parameters, seed: 1)).ToArray();
        var data = options.Select(o => o.Data).Where(name => name.StartsWith("file:", StringComparison.Ordinal)).Select(name => name["file:".Length..]);
        var weights = options.Select(o => o.InitFrom).Where(name => name != "scratch");
        if (isForHead && data.Concat(weights).FirstOrDefault(file => !Path.IsPathFullyQualified(file)) is { } relative)
            throw Bad($"{path} names the file {relative}; for a head, which runs in another directory, write its full path, {Path.GetFullPath(relative)}.");
        if (isElsewhere) return;
        if (data.FirstOrDefault(file => !File.Exists(file)) is { } text) throw Bad($"{path} trains on {text}, which does not exist (looked for {Path.GetFullPath(text)}).");
        if (weights.FirstOrDefault(file => !File.Exists(file)) is { } missing) throw Bad($"{path} begins with the weights of {missing}, which does not exist (looked for {Path.GetFullPath(missing)}).");
    }

    /// <summary>A search that learns may come to each of the files that its parameters name.</summary>
    private static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>> Named(SweepSpec spec, ImmutableSortedDictionary<string, ParameterValue> any) =>
        spec.Space.Parameters.Where(parameter => NamesFile(parameter.Name))
            .SelectMany(parameter => (parameter.Distribution is WeightedCategoricalDistribution weighted ? weighted.Choices : parameter.Distribution.Values())
                .Select(value => any.SetItem(parameter.Name, value)))
            .Where(parameters => TrainingOptions.Check(parameters).Count == 0);

    private static bool NamesFile(string parameter) => GptParameters.Find(parameter)?.Name is "data" or "init_from";

    private static CommandFailure Bad(string message) => new(ExitCode.BadInput, message);
}
