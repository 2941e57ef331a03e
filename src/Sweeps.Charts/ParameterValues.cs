using Sweeps.Core;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>The values of one parameter in a sweep, as places on an axis: numbers in their order, other values in that of the sweep.</summary>
internal sealed class ParameterValues
{
    private readonly Dictionary<string, int> places;

    private ParameterValues(string name, IEnumerable<ParameterValue> values)
    {
        Name = name;
        var distinct = values.Distinct().ToArray();
        if (distinct.All(value => value.AsDouble is not null)) Array.Sort(distinct, (a, b) => a.AsDouble!.Value.CompareTo(b.AsDouble!.Value));
        Labels = [.. distinct.Select(value => value.ToString())];
        places = Labels.Select((label, place) => (label, place)).ToDictionary(pair => pair.label, pair => pair.place);
    }

    public string Name { get; }

    public IReadOnlyList<string> Labels { get; }

    public static ParameterValues Of(SweepSummary summary, string name) =>
        new(name, summary.Configurations.Select(configuration => configuration.Parameters.GetValueOrDefault(name)).OfType<ParameterValue>());

    /// <summary>Null for a configuration that leaves the parameter out.</summary>
    public int? PlaceOf(ConfigurationSummary configuration) =>
        configuration.Parameters.GetValueOrDefault(Name) is { } value ? places[value.ToString()] : null;
}
