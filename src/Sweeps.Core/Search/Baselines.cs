using System.Collections.Immutable;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Search;

/// <summary>
/// Which configuration each one of a sweep is compared with. A baseline that leaves parameters open which vary fits several configurations, and each of
/// these is the baseline of those that have its values of the open parameters: <c>{heads: 1}</c> beside two widths compares within each width.
/// </summary>
/// <param name="References">For each configuration the place of the one that it is compared with, its own for a baseline; -1 for those that have none.</param>
/// <param name="Open">Parameters of the baselines that vary and which the file's baseline does not name, by their short names; empty where one configuration is the baseline of all.</param>
internal sealed record Baselines(ImmutableArray<int> References, ImmutableArray<string> Open)
{
    /// <summary>The baselines of a sweep; a search that learns begins with its only one, and without a word of the file it is the first configuration.</summary>
    public static Baselines Of(SweepSpec spec)
    {
        if (spec.Baseline is not { } named || spec.Learns) return ForAll(0);
        var matches = Matches(spec.Configurations, named).ToArray();
        if (matches.Length == 1) return ForAll(matches[0].Index);
        // A parameter that `when` leaves out of a baseline does not matter for who is compared with it.
        var open = spec.Space.Varying.Keys.Where(name => !named.ContainsKey(name) && Array.Exists(matches, baseline => baseline.Parameters.ContainsKey(name))).ToImmutableArray();
        var kinds = matches.GroupBy(baseline => string.Join(' ', open.Where(baseline.Parameters.ContainsKey)), StringComparer.Ordinal)
            .Select(group => (Names: open.Where(group.First().Parameters.ContainsKey).ToArray(), group))
            .Select(kind => (kind.Names, Places: kind.group.ToDictionary(baseline => Key(baseline, kind.Names)!, baseline => baseline.Index, StringComparer.Ordinal))).ToArray();
        return new Baselines([.. spec.Configurations.Select(ReferenceOf)], [.. open.Select(name => spec.Space.Varying[name])]);

        int ReferenceOf(Configuration configuration)
        {
            var found = kinds.Select(kind => Key(configuration, kind.Names) is { } key && kind.Places.TryGetValue(key, out var place) ? place : -1).Where(place => place >= 0).ToArray();
            return found.Length == 1 ? found[0] : Array.IndexOf(found, configuration.Index) >= 0 ? configuration.Index : -1;
        }

        Baselines ForAll(int place) => new([.. Enumerable.Repeat(place, spec.Configurations.Length)], []);
    }

    /// <summary>The configurations that have all values which the baseline names.</summary>
    public static IEnumerable<Configuration> Matches(ImmutableArray<Configuration> configurations, IReadOnlyDictionary<string, ParameterValue> baseline) =>
        configurations.Where(configuration => baseline.All(pair => pair.Value.Equals(configuration.Parameters.GetValueOrDefault(pair.Key))));

    private static string? Key(Configuration configuration, string[] names) => names.All(configuration.Parameters.ContainsKey)
        ? Configuration.Canonical(names.ToDictionary(name => name, name => configuration.Parameters[name], StringComparer.Ordinal)) : null;
}
