using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>A parameter of the file: its name there, the place of that, the trainer's parameter and its values.</summary>
internal sealed record FileParameter(string Name, ScalarNode Key, GptParameter Known, Distribution Distribution)
{
    /// <summary>The sentence for a value that is not among the parameter's.</summary>
    public string Never(ParameterValue value) => $"{Name} is never {value}; add it to its values in line {Key.Line}";
}

/// <summary>Reads <c>parameters</c>, with Weights &amp; Biases' rules for what a parameter means that names no distribution.</summary>
internal sealed class ParametersReader(NodeReader nodes, SearchMethod? method)
{
    private readonly List<FileParameter> found = [];
    private readonly HashSet<GptParameter> broken = [];
    private readonly DistributionReader distributions = new(nodes, method);

    private ErrorList Errors => nodes.Errors;

    /// <summary>Parameters that the file names, but misspelt or with an error in their definition.</summary>
    public IReadOnlySet<GptParameter> Broken => broken;

    public IReadOnlyList<FileParameter> Read(MapNode file)
    {
        if (file.Find("parameters") is not { } entry) nodes.Missing(file, "parameters", "add parameters: {heads: {values: [1, 2, 4]}}");
        else if (nodes.Map(entry.Value, "parameters", "{heads: {values: [1, 2, 4]}}") is { } map) ReadLevel(map, prefix: "");
        return found;
    }

    private void ReadLevel(MapNode map, string prefix)
    {
        foreach (var (key, value) in map.Entries)
        {
            var name = prefix + key.Text;
            if (value is MapNode group && group.Find("parameters") is { } nested) ReadGroup(prefix, key, group, nested.Value);
            else if (GptParameters.Find(name) is not { } parameter)
            {
                Errors.Add(key, Unknown(name));
                if (GptParameters.Suggest(name) is { } near && GptParameters.Find(near) is { } meant) broken.Add(meant);
            }
            else if (found.FirstOrDefault(other => other.Known == parameter) is { } twin)
                Errors.Add(key, $"\"{name}\" and \"{twin.Name}\" in line {twin.Key.Line} are the same parameter; keep one of them");
            else if (Distribution(key, value, parameter) is { } distribution) found.Add(new FileParameter(name, key, parameter, distribution));
            else broken.Add(parameter);
        }
    }

    private Distribution? Distribution(ScalarNode key, FileNode value, GptParameter parameter)
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
        if (!GptParameters.Groups.Contains(name))
            Errors.Add(key, GptParameters.Find(name) is not null ? $"\"{name}\" is a parameter, not a group; give it value, values or a distribution"
                : $"the trainer has no group of parameters \"{name}\""
                    + (prefix.Length > 0 ? $"; write its parameters directly under \"{prefix.TrimEnd('.')}\""
                        : Nearest.To(name, GptParameters.Groups) is { } near ? $"; did you mean \"{near}\"?" : $"; it has {string.Join(", ", GptParameters.Groups)}"));
        else if (nodes.Map(nested, "parameters", $"{name}: {{parameters: {{...}}}}") is { } map) ReadLevel(map, name + ".");
    }

    private static string Unknown(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot > 0 && GptParameters.Find(name[(dot + 1)..]) is { } elsewhere
            ? $"\"{elsewhere.Name}\" is not in the group \"{name[..dot]}\"; write it at the top or under \"{elsewhere.Group}\""
            : GptParameters.UnknownName(name);
    }

    private static string Shown(FileNode value) => value is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text : "...";
}
