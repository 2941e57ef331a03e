using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads sweep files: Weights &amp; Biases' format, with keys of ours beside theirs.</summary>
public static class SweepFile
{
    /// <summary>Most configurations of one sweep.</summary>
    public const int MostConfigurations = 100_000;

    private const string Never = "is not supported: this platform places the runs itself; remove it";

    private static readonly string[] Keys =
    [
        "name", "description", "program", "command", "method", "metric", "metrics", "parameters", "when", "skip", "seeds", "baseline", "resources", "run_cap", "early_terminate", "priority", "retries", "share_prefixes",
        "schedule", "alert", "project", "entity",
    ];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["scheduler"] = Never, ["job"] = Never, ["image_uri"] = Never, ["controller"] = Never,
        ["apiVersion"] = "says nothing here; remove it", ["kind"] = "says nothing here; remove it",
        ["seed"] = "is not a key: write 'seeds: N' for N runs of each configuration, with seeds 1 to N",
        ["target"] = "belongs under 'metric': metric: {name: val_loss, goal: minimize, target: 1.7}",
        ["goal"] = "belongs under 'metric': metric: {name: val_loss, goal: minimize}",
    };

    /// <summary>
    /// Reads a sweep file and checks all of it: keys, types, ranges, every configuration against the trainer, the baseline.
    /// </summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="fileName">Its name, for messages and as the sweep's name where the file gives none.</param>
    /// <exception cref="SweepFileException">The file has errors; the exception carries all of them.</exception>
    public static SweepSpec Parse(string yaml, string fileName)
    {
        var errors = new ErrorList(fileName);
        var root = FileTree.Read(yaml, errors);
        if (root is not (null or MapNode)) errors.Add(root, "a sweep file is a mapping that begins with keys such as 'method: grid'");
        if (root is not MapNode map) throw errors.ToException();

        var nodes = new NodeReader(errors);
        nodes.Keys(map, Keys, Refused, where: "");
        var header = new HeaderReader(nodes, map);
        var commands = new CommandReader(nodes, map);
        var known = commands.IsCommand ? ProgramParameters.Free : ProgramParameters.Gpt;
        var reader = new ParametersReader(nodes, header.Method, known);
        var parameters = reader.Read(map);
        var names = new ParameterNames(known, parameters, reader.Broken, reader.Groups);
        var conditions = new WhenReader(nodes, names).Read(map);
        var metric = commands.IsCommand ? header.FreeMetric() : header.Metric();
        var command = commands.Read(metric, reader.Groups);
        var (seeds, until) = new SeedsReader(nodes, header.Method).Read(map);
        var nightly = new NightlyReader(nodes, map);
        var spec = new SweepSpec
        {
            Name = header.Name(fileName),
            Description = header.Text("description"),
            Program = CommandReader.Name(command),
            Command = command,
            Method = header.Method ?? SearchMethod.Grid,
            Metric = metric with { Impute = header.Impute("impute"), ImputeWhileRunning = header.Impute("impute_while_running") },
            Space = new SearchSpace(
                parameters.Select(parameter => new SearchParameter(parameter.Name, parameter.Distribution, conditions.GetValueOrDefault(parameter.Name))),
                SkipReader.Read(map, nodes, names)),
            Seeds = seeds,
            Until = until,
            Baseline = new BaselineReader(nodes, names).Read(map),
            Resources = header.Resources(isCommand: command is not null),
            RunCap = header.RunCap(),
            Stopper = new EarlyTerminateReader(nodes).Read(map),
            Priority = header.Priority(),
            Retries = header.Retries(),
            SharePrefixes = header.SharePrefixes(),
            Schedule = nightly.Schedule(),
            Alert = nightly.Alert(),
            Project = header.Text("project"),
            Entity = header.Text("entity"),
            Yaml = yaml,
        };
        if (errors.Count == 0) spec = new ConfigurationChecks(spec, map, parameters, errors).Run();
        return errors.Count == 0 ? spec : throw errors.ToException();
    }
}
