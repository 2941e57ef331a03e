using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>seeds</c>: a count, or a rule by which seeds are added while the sweep runs.</summary>
internal sealed partial class SeedsReader(NodeReader nodes, SearchMethod? method)
{
    /// <summary>Most seeds of a rule: each is one look more at the results, and every look costs some of the error rate.</summary>
    public const int MostLooks = 100;

    private const string Example = "{min: 3, max: 12, until: \"p < 0.01\"}";

    private ErrorList Errors => nodes.Errors;

    /// <summary>The seeds to begin with, and the rule where the file has one that makes sense.</summary>
    public (int Seeds, SeedRule? Until) Read(MapNode file)
    {
        if (file.Find("seeds") is not { } entry) return (1, null);
        switch (entry.Value)
        {
            case MapNode { Entries.Count: > 0 } map:
                var rule = Rule(file, entry.Key, map);
                return (rule?.Least ?? 1, rule);
            case MapNode:
                Errors.Add(entry.Value, $"'seeds' is empty; write a count, such as seeds: 4, or {Example}");
                return (1, null);
            case ListNode list:
                Errors.Add(entry.Value, $"'seeds' is a count, not a list; seeds: {Math.Max(1, list.Items.Count)} trains each configuration with seeds 1 to {Math.Max(1, list.Items.Count)}");
                return (1, null);
            case ScalarNode scalar when ScalarValue.Read(scalar, Errors) is { AsLong: < 1 }:
                Errors.Add(scalar, $"'seeds: {scalar.Text}' trains nothing; each configuration needs at least one run, write seeds: 1 or more");
                return (1, null);
        }
        return ((int)(nodes.Whole(entry.Value, "seeds", 1, 10_000) ?? 1), null);
    }

    private SeedRule? Rule(MapNode file, FileNode key, MapNode map)
    {
        var before = Errors.Count;
        nodes.Keys(map, ["min", "max", "until"], new Dictionary<string, string> { ["alpha"] = "is written 'until' here: until: \"p < 0.01\"" }, " in 'seeds'");
        var least = Whole(map, "min", 2, "write min: 3 for the seeds to begin with");
        var most = Whole(map, "max", 2, "write max: 12 for the seeds at which it ends, decided or not");
        var alpha = Alpha(map);
        if (most <= least)
            Errors.Add(map.Find("max")!.Value.Value, $"'max' is above min, or no seed can be added; for {most} seeds without a rule write seeds: {most}");
        if (method is SearchMethod.Tpe or SearchMethod.Bayes)
            Errors.Add(key, $"seeds are added to configurations that are known from the start, but method: {method.Value.ToString().ToLowerInvariant()} chooses them while it runs; write a count, such as seeds: 3, or another method");
        if (file.Find("early_terminate") is not null)
            Errors.Add(key, "'early_terminate' takes away the final values that seeds are added to compare; remove it, or write a count, such as seeds: 3");
        return Errors.Count == before ? new SeedRule(least!.Value, most!.Value, alpha!.Value) : null;
    }

    private int? Whole(MapNode map, string key, int from, string fix)
    {
        if (map.Find(key) is { } entry) return (int?)nodes.Whole(entry.Value, key, from, MostLooks);
        nodes.Missing(map, key, fix);
        return null;
    }

    private double? Alpha(MapNode map)
    {
        if (map.Find("until") is not { } entry)
        {
            nodes.Missing(map, "until", "write until: \"p < 0.01\" for an error rate of 1% over all comparisons");
            return null;
        }
        var text = (entry.Value as ScalarNode)?.Text ?? "";
        if (Condition().Match(text) is { Success: true } match && double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is > 0 and < 0.5 and var alpha) return alpha;
        Errors.Add(entry.Value, $"'until' is a p-value to get below, between 0 and 0.5, such as \"p < 0.01\"{(entry.Value is ScalarNode { Text.Length: > 0 } ? $", not \"{text}\"" : NodeReader.Not(entry.Value))}");
        return null;
    }

    [GeneratedRegex(@"^\s*p\s*<\s*([0-9]*\.?[0-9]+(?:[eE]-?[0-9]{1,2})?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}
