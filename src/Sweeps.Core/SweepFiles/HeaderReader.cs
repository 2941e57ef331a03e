using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads every key but the parameters and the baseline.</summary>
internal sealed partial class HeaderReader
{
    private static readonly Dictionary<string, SearchMethod> Methods = new()
    {
        ["grid"] = SearchMethod.Grid, ["random"] = SearchMethod.Random, ["sobol"] = SearchMethod.Sobol, ["tpe"] = SearchMethod.Tpe, ["bayes"] = SearchMethod.Bayes,
    };

    private readonly NodeReader nodes;
    private readonly MapNode map;

    public HeaderReader(NodeReader nodes, MapNode map)
    {
        (this.nodes, this.map) = (nodes, map);
        Method = ReadMethod();
    }

    private ErrorList Errors => nodes.Errors;

    /// <summary>Null, with an error, when the file names none that exists.</summary>
    public SearchMethod? Method { get; }

    public string? Text(string key) => map.Find(key) is { } entry ? nodes.Text(entry.Value, key) : null;

    public string Name(string fileName)
    {
        if (map.Find("name") is not { } entry) return Path.GetFileNameWithoutExtension(fileName);
        var name = nodes.Text(entry.Value, "name");
        if (name is not null && (name.Length > 100 || name.Any(letter => char.IsControl(letter) || letter is '/' or '\\') || name is "." or ".."))
            Errors.Add(entry.Value, "'name' becomes part of a directory's name: at most 100 characters, no slashes or line breaks");
        return name ?? "";
    }

    /// <summary>The metric of a program of the user's, which may have any name, goal and target.</summary>
    public MetricSpec FreeMetric()
    {
        var usual = ResultMetrics.All[0].Name;
        if (map.Find("metric") is not { } entry || nodes.Map(entry.Value, "metric", "{name: val_loss, goal: minimize, target: 1.7}") is not { } keys) return MetricSpec.Free(usual, null);
        nodes.Keys(keys, ["name", "goal", "target", "impute", "impute_while_running"], new Dictionary<string, string>(), " in 'metric'");
        var goal = MetricGoal.Minimize;
        if (keys.Find("goal") is { } written && nodes.Text(written.Value, "goal") is { } aim)
        {
            if (aim == "maximize") goal = MetricGoal.Maximize;
            else if (aim != "minimize") Errors.Add(written.Value, $"'goal' is minimize or maximize, not \"{aim}\"");
        }
        if (keys.Find("name") is not { } name) nodes.Missing(keys, "name", "the metric needs a name: metric: {name: val_loss, goal: minimize}");
        else if (nodes.Text(name.Value, "name") is { } text)
        {
            if (text is "step" or "tokens") Errors.Add(name.Value, $"\"{text}\" says when a value was measured and is no metric; name another");
            usual = text;
        }
        return MetricSpec.Free(usual, keys.Find("target") is { } target ? nodes.Number(target.Value, "target") : null, goal);
    }

    public MetricSpec Metric()
    {
        var metric = ResultMetrics.All[0];
        if (map.Find("metric") is not { } entry || nodes.Map(entry.Value, "metric", "{name: val_loss, goal: minimize, target: 1.7}") is not { } keys) return new MetricSpec(metric.Name, null);
        nodes.Keys(keys, ["name", "goal", "target", "impute", "impute_while_running"], new Dictionary<string, string>(), " in 'metric'");
        if (keys.Find("name") is { } name && nodes.Text(name.Value, "name") is { } text)
        {
            var names = ResultMetrics.All.Select(known => known.Name).ToArray();
            if (ResultMetrics.Find(text) is { } found) metric = found;
            else
                Errors.Add(name.Value, $"the metric \"{text}\" is not known; sweeps of the built-in trainer are judged by {string.Join(", ", names[..^1])} or {names[^1]}"
                    + (Nearest.To(text, names) is { } near ? $"; did you mean \"{near}\"?" : ""));
        }
        if (keys.Find("goal") is { } goal && nodes.Text(goal.Value, "goal") is { } aim && aim != metric.Goal.ToString().ToLowerInvariant())
            Errors.Add(goal.Value, aim is not ("minimize" or "maximize") ? $"'goal' is minimize or maximize, not \"{aim}\""
                : $"{(metric.Noun[0] == 'a' ? "an" : "a")} {metric.Noun} is {(metric.Goal == MetricGoal.Minimize ? "minimized: write goal: minimize" : "maximized: write goal: maximize")}");
        if (keys.Find("target") is not { } target) return new MetricSpec(metric.Name, null);
        var value = nodes.Number(target.Value, "target");
        if (value is { } number && !metric.IsTarget(number))
            Errors.Add(target.Value, $"'target' is {metric.Targets}, not {((ScalarNode)target.Value).Text}");
        return new MetricSpec(metric.Name, value);
    }

    /// <summary>The metric's <c>impute</c> or <c>impute_while_running</c>; null where it is not written or says <c>false</c>.</summary>
    public Imputation? Impute(string key)
    {
        if (map.Find("metric") is not { Value: MapNode metric } || metric.Find(key) is not { } entry || nodes.Text(entry.Value, key) is not { } text) return null;
        var mayBeOff = key == "impute_while_running";
        if (mayBeOff && text == "false") return null;
        if (Enum.TryParse<Imputation>(text, ignoreCase: true, out var imputation) && text == imputation.ToString().ToLowerInvariant()) return imputation;
        Errors.Add(entry.Value, $"'{key}' is best, worst{(mayBeOff ? ", latest or false" : " or latest")}, not \"{text}\"");
        return null;
    }

    public int? RunCap()
    {
        if (map.Find("run_cap") is { } entry) return (int?)nodes.Whole(entry.Value, "run_cap", 1, SweepFile.MostConfigurations);
        if (Method is null or SearchMethod.Grid) return null;
        var method = map.Find("method")!.Value.Value;
        Errors.Add(method, $"a {((ScalarNode)method).Text} search goes on forever without a limit; add run_cap: N for N configurations");
        return null;
    }

    public int Priority() => map.Find("priority") is { } entry ? (int)(nodes.Whole(entry.Value, "priority", 0, 100) ?? 50) : 50;

    public RetrySpec Retries()
    {
        var retries = new RetrySpec();
        if (map.Find("retries") is not { } entry || nodes.Map(entry.Value, "retries", "{user: 1, oom: 1, machine: 5}") is not { } causes) return retries;
        nodes.Keys(causes, ["user", "oom", "machine"], new Dictionary<string, string>(), " in 'retries'");
        int Count(string cause, int otherwise) => causes.Find(cause) is { } found ? (int)(nodes.Whole(found.Value, cause, 0, 1000) ?? otherwise) : otherwise;
        return new RetrySpec { User = Count("user", retries.User), Oom = Count("oom", retries.Oom), Machine = Count("machine", retries.Machine) };
    }

    public bool SharePrefixes() => map.Find("share_prefixes") is not { } entry || nodes.Boolean(entry.Value, "share_prefixes") != false;

    /// <param name="isCommand">Whether a program of the user's is started, which may use several GPUs.</param>
    public ResourceSpec Resources(bool isCommand)
    {
        var resources = new ResourceSpec();
        if (map.Find("resources") is not { } entry || nodes.Map(entry.Value, "resources", "{cpus: 1} or {gpus: 1, memory: 8GiB}") is not { } wanted) return resources;
        nodes.Keys(wanted, ["gpus", "cpus", "memory", "time"], new Dictionary<string, string>(), " in 'resources'");
        if (wanted.Find("gpus") is { } gpus)
        {
            if (wanted.Find("cpus") is { } both) Errors.Add(both.Key, "give 'gpus' or 'cpus', not both: a run trains on one or the other");
            var count = nodes.Number(gpus.Value, "gpus");
            if (count <= 0) Errors.Add(gpus.Value, "'gpus' is above 0, such as 1, or 0.5 for half of one");
            if (count > 1 && !isCommand) Errors.Add(gpus.Value, "the built-in trainer uses one GPU; write gpus: 1");
            else if (count > 1 && !double.IsInteger(count.Value)) Errors.Add(gpus.Value, "'gpus' is a whole number or a part of one GPU, such as 2 or 0.5");
            resources = resources with { Gpus = count };
        }
        else if (wanted.Find("cpus") is { } cpus) resources = resources with { Cpus = (int?)nodes.Whole(cpus.Value, "cpus", 1, 4096) };
        if (wanted.Find("memory") is { } memory) resources = resources with { MemoryBytes = Bytes(memory.Value) };
        return wanted.Find("time") is { } time ? resources with { Time = Duration(time.Value) } : resources;
    }

    private SearchMethod? ReadMethod()
    {
        if (map.Find("method") is not { } entry)
        {
            nodes.Missing(map, "method", "add method: grid, or method: random with run_cap: N");
            return null;
        }
        if (nodes.Text(entry.Value, "method") is not { } method) return null;
        if (Methods.TryGetValue(method, out var found)) return found;
        var near = Nearest.To(method, Methods.Keys);
        Errors.Add(entry.Value, $"'method' is grid, random, sobol, tpe or bayes, not \"{method}\"" + (near is null ? "" : $"; did you mean \"{near}\"?"));
        return null;
    }

    private long? Bytes(FileNode node)
    {
        if (node is ScalarNode scalar && ByteSize.Parse(scalar.Text) is { } bytes) return bytes;
        Errors.Add(node, $"'memory' is a size such as 8GiB or 512MiB{NodeReader.Not(node)}");
        return null;
    }

    private TimeSpan? Duration(FileNode node)
    {
        if (node is ScalarNode { Text: [.. var number, 'm' or 'h' or 'd'] and [.., var unit] }
            && double.TryParse(number.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count * HoursOf(unit) is > 0 and <= 24 * 365 and var hours)
        {
            var time = TimeSpan.FromHours(hours);
            if (time >= ResourceSpec.LeastTime) return time;
            Errors.Add(node, $"'time' is at least {ResourceSpec.LeastTime.TotalMinutes:0}m, so that something is done before the checkpoint at its end{NodeReader.Not(node)}");
            return null;
        }
        Errors.Add(node, $"'time' is a duration such as 90m, 2h or 1.5d{NodeReader.Not(node)}");
        return null;

        static double HoursOf(char unit) => unit switch { 'd' => 24, 'h' => 1, _ => 1 / 60.0 };
    }
}
