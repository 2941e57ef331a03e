using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>A parameter of the file: its name there, the place of that, what the program knows of it and its values.</summary>
internal sealed record FileParameter(string Name, ScalarNode Key, ParameterRule Known, Distribution Distribution)
{
    /// <summary>The sentence for a value that is not among the parameter's.</summary>
    public string Never(ParameterValue value) => $"{Name} is never {value}; add it to its values in line {Key.Line}";
}

/// <summary>Reads <c>parameters</c>, with Weights &amp; Biases' rules for what a parameter means that names no distribution.</summary>
internal sealed class ParametersReader(NodeReader nodes, SearchMethod? method, ProgramParameters known)
{
    private readonly List<FileParameter> found = [];
    private readonly HashSet<string> broken = [];
    private readonly Dictionary<string, ScalarNode> groups = [];
    private readonly DistributionReader distributions = new(nodes, method, known.AllowsNesting);

    private ErrorList Errors => nodes.Errors;

    /// <summary>Parameters that the file names, but misspelt or with an error in their definition.</summary>
    public IReadOnlySet<string> Broken => broken;

    /// <summary>Names of the parameters that hold others, with dots for nesting.</summary>
    public IReadOnlyCollection<string> Groups => groups.Keys;

    public IReadOnlyList<FileParameter> Read(MapNode file)
    {
        if (file.Find("parameters") is not { } entry) nodes.Missing(file, "parameters", "add parameters: {heads: {values: [1, 2, 4]}}");
        else if (nodes.Map(entry.Value, "parameters", "{heads: {values: [1, 2, 4]}}") is { } map) ReadLevel(map, prefix: "");
        foreach (var parameter in found)
            if (groups.Keys.FirstOrDefault(group => parameter.Name.StartsWith(group + ".", StringComparison.Ordinal) && group.Length + parameter.Key.Text.Length > parameter.Name.Length) is { } holder)
                Errors.Add(parameter.Key, $"\"{holder}\" holds parameters since line {groups[holder].Line}; write \"{parameter.Name[(holder.Length + 1)..]}\" among them");
        return found;
    }

    private void ReadLevel(MapNode map, string prefix)
    {
        foreach (var (key, value) in map.Entries)
        {
            var name = prefix + key.Text;
            if (key.Text.Length == 0) Errors.Add(key, "a parameter needs a name");
            else if (value is MapNode group && group.Find("parameters") is { } nested) ReadGroup(prefix, key, group, nested.Value);
            else if (known.Find(name) is not { } parameter)
            {
                Errors.Add(key, known.Unknown(name));
                if (known.Suggest(name) is { } meant) broken.Add(meant.Name);
            }
            else if (found.FirstOrDefault(other => other.Known.Name == parameter.Name) is { } twin)
                Errors.Add(key, $"\"{name}\" and \"{twin.Name}\" in line {twin.Key.Line} are the same parameter; keep one of them");
            else if (Distribution(key, value, parameter) is { } distribution) found.Add(new FileParameter(name, key, parameter, distribution));
            else broken.Add(parameter.Name);
        }
    }

    private Distribution? Distribution(ScalarNode key, FileNode value, ParameterRule parameter)
    {
        if (value is MapNode { Entries.Count: > 0 } definition) return distributions.Read(definition, key, parameter);
        Errors.Add(value, value switch
        {
            MapNode => $"'{key.Text}' is empty; write {key.Text}: {{values: [...]}} or {{value: ...}}",
            ListNode => $"a list of values is written {key.Text}: {{values: [...]}}",
            _ => $"a fixed value is written {key.Text}: {{value: {Shown(value)}}}",
        });
        return null;
    }

    private void ReadGroup(string prefix, ScalarNode key, MapNode group, FileNode nested)
    {
        var name = prefix + key.Text;
        foreach (var (other, _) in group.Entries.Where(entry => entry.Key.Text != "parameters"))
            Errors.Add(other, $"'{other.Text}' beside 'parameters': a group holds nothing else");
        if (known.NoGroup(prefix, name) is { } problem) Errors.Add(key, problem);
        else if (nodes.Map(nested, "parameters", $"{name}: {{parameters: {{...}}}}") is { } map)
        {
            groups.TryAdd(name, key);
            ReadLevel(map, name + ".");
        }
    }

    private static string Shown(FileNode value) => value is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text : "...";
}
