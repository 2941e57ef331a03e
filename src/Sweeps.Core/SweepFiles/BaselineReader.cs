using System.Collections.Immutable;
using Sweeps.Core.Gpt;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>baseline</c>: values of parameters, nested or with dots, under the names that the parameters have in this file.</summary>
internal sealed class BaselineReader(NodeReader nodes)
{
    public IReadOnlyDictionary<string, ParameterValue>? Read(MapNode file, IReadOnlyList<FileParameter> parameters)
    {
        if (file.Find("baseline") is not { } entry || nodes.Map(entry.Value, "baseline", "{heads: 1}") is not { } map) return null;
        var values = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>(StringComparer.Ordinal);
        ReadLevel(map, "", parameters, values);
        return values.ToImmutable();
    }

    private void ReadLevel(MapNode map, string prefix, IReadOnlyList<FileParameter> parameters, ImmutableSortedDictionary<string, ParameterValue>.Builder values)
    {
        foreach (var (key, node) in map.Entries)
        {
            var name = prefix + key.Text;
            if (node is MapNode nested && GptParameters.Groups.Contains(name)) ReadLevel(nested, name + ".", parameters, values);
            else if (GptParameters.Find(name) is not { } known) nodes.Errors.Add(key, GptParameters.UnknownName(name));
            else if (parameters.FirstOrDefault(other => GptParameters.Find(other.Name) == known) is not { } parameter)
            {
                // A parameter whose own definition is wrong is missing here; its error says enough.
                if (nodes.Errors.Count == 0)
                    nodes.Errors.Add(key, $"the baseline names {name}, which is not among 'parameters'; add it there, for example {known.Name}: {{value: ...}}, or remove it here");
            }
            else if (nodes.Value(node) is { } value)
            {
                if (known.Check(value) is { } problem) nodes.Errors.Add(node, problem);
                else if (!parameter.Distribution.Contains(value))
                    nodes.Errors.Add(node, $"the baseline is not a configuration of this sweep: {name} is never {value}; add it to its values in line {parameter.Key.Line}");
                else if (!values.TryAdd(parameter.Name, value)) nodes.Errors.Add(key, $"the baseline names {known.Name} twice; keep one of them");
            }
        }
    }
}
