namespace Sweeps.Core.SweepFiles;

/// <summary>Reads values of an expected type from nodes; what does not fit becomes an error in the list and null here.</summary>
internal sealed class NodeReader(ErrorList errors)
{
    private readonly HashSet<string> suggested = [];

    public ErrorList Errors => errors;

    /// <summary>Reports a key that the file lacks, unless some unknown key was taken for a misspelling of it.</summary>
    public void Missing(MapNode map, string key, string fix)
    {
        if (!suggested.Contains(key)) errors.Add(map.Line, map.Column, "", $"'{key}' is missing; {fix}");
    }

    /// <summary>A value; <paramref name="isNested"/> allows mappings, and lists of lists and mappings.</summary>
    public ParameterValue? Value(FileNode node, bool isNested = false) => node switch
    {
        ScalarNode scalar => ScalarValue.Read(scalar, errors),
        ListNode list => List(list, isNested),
        MapNode map when isNested => Mapping(map),
        _ => Refuse(node, "a single value was expected here, not a mapping"),
    };

    public string? Text(FileNode node, string key)
    {
        if (node is not ScalarNode scalar) return Wrong<string>(node, $"'{key}' is a text");
        if (!string.IsNullOrWhiteSpace(scalar.Text)) return scalar.Text;
        return Wrong<string>(node, $"'{key}' is empty; give it a text or remove it");
    }

    public long? Whole(FileNode node, string key, long minimum, long maximum)
    {
        var value = Scalar(node, out var isReported);
        if (isReported || value?.AsLong is { } number && number >= minimum && number <= maximum) return value?.AsLong;
        var range = maximum >= int.MaxValue ? $"from {minimum} on" : $"from {minimum} to {maximum}";
        return Wrong<long?>(node, $"'{key}' is a whole number {range}{Not(node)}");
    }

    public double? Number(FileNode node, string key)
    {
        var value = Scalar(node, out var isReported);
        if (isReported || value?.AsDouble is { } number && double.IsFinite(number)) return value?.AsDouble;
        return Wrong<double?>(node, $"'{key}' is a number{Not(node)}");
    }

    public bool? Boolean(FileNode node, string key)
    {
        var value = Scalar(node, out var isReported);
        return isReported || value?.AsBool is not null ? value?.AsBool : Wrong<bool?>(node, $"'{key}' is true or false{Not(node)}");
    }

    public MapNode? Map(FileNode node, string key, string example)
    {
        if (node is MapNode { Entries.Count: > 0 } map) return map;
        return Wrong<MapNode>(node, node is MapNode or ScalarNode { Text: "" }
            ? $"'{key}' is empty; write {example}" : $"'{key}' is a mapping, such as {example}{Not(node)}");
    }

    /// <summary>Reports keys that are not among the known ones, as a misspelling or as something that is not built.</summary>
    public void Keys(MapNode map, IReadOnlyCollection<string> known, IReadOnlyDictionary<string, string> refused, string where)
    {
        foreach (var (key, _) in map.Entries)
        {
            if (known.Contains(key.Text)) continue;
            if (refused.TryGetValue(key.Text, out var why)) errors.Add(key, $"'{key.Text}' {why}");
            else if (Nearest.To(key.Text, known.Concat(refused.Keys)) is { } near)
            {
                suggested.Add(near);
                errors.Add(key, $"unknown key \"{key.Text}\"{where}; did you mean \"{near}\"?");
            }
            else errors.Add(key, $"unknown key \"{key.Text}\"{where}; known are {string.Join(", ", known)}");
        }
    }

    public static string Not(FileNode node) => node switch
    {
        ScalarNode { IsPlain: true, Text: "" or "~" or "null" } => ", not empty",
        ScalarNode { IsPlain: false } scalar => $", not the quoted text \"{scalar.Text}\"",
        ScalarNode scalar => $", not \"{scalar.Text}\"",
        ListNode => ", not a list",
        _ => ", not a mapping",
    };

    private ParameterValue? Scalar(FileNode node, out bool isReported)
    {
        var value = node is ScalarNode scalar ? ScalarValue.Read(scalar, errors) : null;
        isReported = node is ScalarNode && value is null;
        return value;
    }

    private ParameterValue? List(ListNode list, bool isNested)
    {
        var items = new List<ParameterValue>();
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode && !isNested) return Refuse(item, "a list within a value holds single values only");
            if (Value(item, isNested) is not { } value) return null;
            items.Add(value);
        }
        return ParameterValue.Of(items);
    }

    private ParameterValue? Mapping(MapNode map)
    {
        var entries = new Dictionary<string, ParameterValue>();
        foreach (var (key, item) in map.Entries)
        {
            if (Value(item, isNested: true) is not { } value) return null;
            entries[key.Text] = value;
        }
        return ParameterValue.Of(entries);
    }

    private ParameterValue? Refuse(FileNode node, string message)
    {
        errors.Add(node, message);
        return null;
    }

    private T? Wrong<T>(FileNode node, string message)
    {
        errors.Add(node, message);
        return default;
    }
}
