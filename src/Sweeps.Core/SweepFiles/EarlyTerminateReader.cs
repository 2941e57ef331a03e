using Sweeps.Core.Search.Stopping;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>early_terminate</c>: Weights &amp; Biases' <c>hyperband</c>, and <c>asha</c> and <c>median</c> beside it.</summary>
internal sealed class EarlyTerminateReader(NodeReader nodes)
{
    private const string Example = "{type: hyperband, min_iter: 3}";

    private static readonly Dictionary<string, string[]> KeysOf = new()
    {
        ["hyperband"] = ["min_iter", "max_iter", "s", "eta", "strict"],
        ["asha"] = ["min_resource", "reduction"],
        ["median"] = ["startup", "warmup_steps"],
    };

    /// <summary>As Optuna calls them.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["reduction_factor"] = "is written 'reduction' here",
        ["n_startup_trials"] = "is written 'startup' here",
        ["n_warmup_steps"] = "is written 'warmup_steps' here",
    };

    private ErrorList Errors => nodes.Errors;

    /// <summary>Null where the file does not ask for it, and, with an error, where what it says makes no sense.</summary>
    public IStopper? Read(MapNode file)
    {
        if (file.Find("early_terminate") is not { } entry || nodes.Map(entry.Value, "early_terminate", Example) is not { } map) return null;
        if (map.Find("type") is not { } named)
        {
            nodes.Missing(map, "type", "add type: hyperband, asha or median");
            return null;
        }
        if (nodes.Text(named.Value, "type") is not { } type) return null;
        if (!KeysOf.TryGetValue(type, out var keys))
        {
            Errors.Add(named.Value, $"'type' is hyperband, asha or median, not \"{type}\"" + (Nearest.To(type, KeysOf.Keys) is { } near ? $"; did you mean \"{near}\"?" : ""));
            return null;
        }
        var before = Errors.Count;
        nodes.Keys(map, ["type", .. keys], Refused, $" in 'early_terminate' of type {type}");
        IStopper? stopper = type switch { "hyperband" => Hyperband(map), "asha" => Asha(map), _ => Median(map) };
        return Errors.Count == before ? stopper : null;
    }

    private HyperbandStopper? Hyperband(MapNode map)
    {
        var eta = map.Find("eta") is { } entry ? nodes.Number(entry.Value, "eta") : 3;
        if (eta <= 1) Errors.Add(map.Find("eta")!.Value.Value, "'eta' is above 1: the best 1/eta of the configurations pass a band");
        var strict = map.Find("strict") is not { } flag || nodes.Boolean(flag.Value, "strict") != false;
        var (min, max, s) = (Whole(map, "min_iter"), Whole(map, "max_iter"), Whole(map, "s"));
        if (map.Find("max_iter") is { } last)
        {
            if (map.Find("s") is null) nodes.Missing(map, "s", "with max_iter it says how many bands there are, such as s: 2");
            else if (max < eta) Errors.Add(last.Value, $"'max_iter' below eta leaves no band: the last is at max_iter / eta; raise it, or write min_iter instead");
            return max >= eta && eta > 1 && s is { } count ? HyperbandStopper.FromMaxIter(max.Value, count, eta.Value, strict) : null;
        }
        if (map.Find("min_iter") is null) nodes.Missing(map, "min_iter", "write min_iter: N, or max_iter: N and s: K, in validations of the metric");
        return min is { } first && eta > 1 ? HyperbandStopper.FromMinIter(first, eta.Value, strict) : null;
    }

    private AshaStopper? Asha(MapNode map)
    {
        var reduction = map.Find("reduction") is { } entry ? nodes.Whole(entry.Value, "reduction", 2, 1000) : 4;
        if (map.Find("min_resource") is not { } first)
        {
            nodes.Missing(map, "min_resource", "write min_resource: N, the steps of the first rung");
            return null;
        }
        return nodes.Whole(first.Value, "min_resource", 1, int.MaxValue) is { } steps && reduction is { } factor ? new AshaStopper(steps, (int)factor) : null;
    }

    private MedianStopper? Median(MapNode map)
    {
        var startUp = map.Find("startup") is { } entry ? nodes.Whole(entry.Value, "startup", 1, SweepFile.MostConfigurations) : 5;
        var warmUp = map.Find("warmup_steps") is { } steps ? nodes.Whole(steps.Value, "warmup_steps", 0, int.MaxValue) : 0;
        return startUp is { } configurations && warmUp is { } from ? new MedianStopper((int)configurations, from) : null;
    }

    private int? Whole(MapNode map, string key) => map.Find(key) is { } entry ? (int?)nodes.Whole(entry.Value, key, 1, int.MaxValue) : null;
}
