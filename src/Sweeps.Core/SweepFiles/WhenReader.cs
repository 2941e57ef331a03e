using System.Collections.Immutable;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>when</c>: conditions under which parameters are part of a configuration.</summary>
internal sealed class WhenReader(NodeReader nodes, ParameterNames names)
{
    private const string Example = "{heads: {parameter: head_kind, in: [parallel, causal]}}";

    private readonly Dictionary<FileParameter, (ScalarNode Key, FileParameter Parent, Condition Condition)> conditions = [];

    /// <summary>The conditions of parameters by their name in the file.</summary>
    public IReadOnlyDictionary<string, Condition> Read(MapNode file)
    {
        if (file.Find("when") is { } entry && nodes.Map(entry.Value, "when", Example) is { } map)
            foreach (var (key, definition) in map.Entries) ReadOne(key, definition);
        foreach (var (parameter, (key, _, _)) in conditions)
            if (Chain(parameter).Contains(parameter))
                nodes.Errors.Add(key, $"{key.Text} depends on itself: {string.Join(", which depends on ", Chain(parameter).Prepend(parameter).Select(one => one.Name))}; remove one of these conditions");
        return conditions.ToDictionary(pair => pair.Key.Name, pair => pair.Value.Condition);
    }

    private void ReadOne(ScalarNode key, FileNode definition)
    {
        var parameter = Named(key);
        if (nodes.Map(definition, key.Text, "{parameter: head_kind, in: [parallel, causal]}") is not { } map) return;
        nodes.Keys(map, ["parameter", "in"], new Dictionary<string, string>(), $" in the condition of '{key.Text}'");
        if (map.Find("parameter") is not { } other) nodes.Missing(map, "parameter", $"the condition is written {Example}");
        if (map.Find("in") is not { } list) nodes.Missing(map, "in", $"the condition is written {Example}");
        else if (map.Find("parameter") is { } named && named.Value is ScalarNode name && Named(name) is { } parent && Values(list.Value, parent) is { } values && parameter is not null
            && !conditions.TryAdd(parameter, (key, parent, new Condition(parent.Name, values))))
            nodes.Errors.Add(key, $"{parameter.Name} has two conditions, the first in line {conditions[parameter].Key.Line}; keep one of them");
        if (map.Find("parameter") is { Value: not ScalarNode } wrong) nodes.Text(wrong.Value, "parameter");
    }

    private FileParameter? Named(ScalarNode name)
    {
        var parameter = names.Find(name.Text, "'when'", out var problem);
        if (problem is not null) nodes.Errors.Add(name, problem);
        return parameter;
    }

    private ImmutableArray<ParameterValue>? Values(FileNode node, FileParameter parent)
    {
        if (node is not ListNode { Items.Count: > 0 } list)
        {
            nodes.Errors.Add(node, $"'in' is a list of values of {parent.Name}, such as in: [...]{(node is ListNode ? ", not an empty one" : NodeReader.Not(node))}");
            return null;
        }
        if (parent.Distribution is ContinuousDistribution)
        {
            nodes.Errors.Add(node, $"{parent.Name} is drawn from {parent.Distribution.Name} and is hardly ever one of some values; a condition needs a parameter with a list of them");
            return null;
        }
        var values = ImmutableArray.CreateBuilder<ParameterValue>();
        foreach (var item in list.Items)
            if (nodes.Value(item, names.AllowsNesting) is { } value)
            {
                if (parent.Known.Check(value) is { } problem) nodes.Errors.Add(item, problem);
                else if (!parent.Distribution.Contains(value)) nodes.Errors.Add(item, parent.Never(value));
                else values.Add(value);
            }
        return values.Count == list.Items.Count ? values.ToImmutable() : null;
    }

    /// <summary>What a parameter depends on, directly and through others, until one comes again.</summary>
    private List<FileParameter> Chain(FileParameter parameter)
    {
        var chain = new List<FileParameter>();
        while (conditions.TryGetValue(parameter, out var condition) && !chain.Contains(condition.Parent))
        {
            parameter = condition.Parent;
            chain.Add(parameter);
        }
        return chain;
    }
}
