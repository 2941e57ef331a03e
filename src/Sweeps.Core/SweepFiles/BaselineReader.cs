using System.Collections.Immutable;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>baseline</c>: values of parameters, nested or with dots, under the names that the parameters have in this file.</summary>
internal sealed class BaselineReader(NodeReader nodes, ParameterNames names)
{
    public IReadOnlyDictionary<string, ParameterValue>? Read(MapNode file)
    {
        if (file.Find("baseline") is not { } entry || nodes.Map(entry.Value, "baseline", "{heads: 1}") is not { } map) return null;
        var values = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>(StringComparer.Ordinal);
        ReadLevel(map, "", values);
        return values.ToImmutable();
    }

    private void ReadLevel(MapNode map, string prefix, ImmutableSortedDictionary<string, ParameterValue>.Builder values)
    {
        foreach (var (key, node) in map.Entries)
        {
            var name = prefix + key.Text;
            if (node is MapNode nested && names.IsGroup(name)) ReadLevel(nested, name + ".", values);
            else if (names.Find(name, "the baseline", out var unknown) is not { } parameter)
            {
                if (unknown is not null) nodes.Errors.Add(key, unknown);
            }
            else if (nodes.Value(node, names.AllowsNesting) is { } value)
            {
                if (parameter.Known.Check(value) is { } problem) nodes.Errors.Add(node, problem);
                else if (!parameter.Distribution.Contains(value))
                    nodes.Errors.Add(node, $"the baseline is not a configuration of this sweep: {parameter.Never(value)}");
                else if (!values.TryAdd(parameter.Name, value)) nodes.Errors.Add(key, $"the baseline names {parameter.Known.Name} twice; keep one of them");
            }
        }
    }
}
