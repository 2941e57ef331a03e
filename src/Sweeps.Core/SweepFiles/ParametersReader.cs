using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>A parameter of the file and the place of its name.</summary>
internal sealed record FileParameter(string Name, ScalarNode Key, Distribution Distribution);

/// <summary>Reads <c>parameters</c>, with Weights &amp; Biases' rules for what a parameter means that names no distribution.</summary>
internal sealed class ParametersReader(NodeReader nodes, SearchMethod? method)
{
    private const string NotYet = "is not supported yet; remove it";
    private const string Distributions = "constant, categorical, int_uniform, uniform or log_uniform_values";

    private static readonly string[] Keys = ["value", "values", "distribution", "min", "max", "parameters"];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["probabilities"] = NotYet, ["mu"] = NotYet, ["sigma"] = NotYet, ["q"] = NotYet, ["a"] = NotYet, ["b"] = NotYet,
    };

    private static readonly string[] LaterDistributions =
    [
        "categorical_w_probabilities", "q_uniform", "log_uniform", "q_log_uniform", "q_log_uniform_values", "inv_log_uniform",
        "inv_log_uniform_values", "normal", "q_normal", "log_normal", "q_log_normal", "beta", "q_beta",
    ];

    private readonly List<FileParameter> found = [];

    private ErrorList Errors => nodes.Errors;

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
            if (value is MapNode group && group.Find("parameters") is { } nested) ReadGroup(name, key, group, nested.Value);
            else if (GptParameters.Find(name) is not { } parameter) Errors.Add(key, Unknown(name));
            else if (found.FirstOrDefault(other => GptParameters.Find(other.Name) == parameter) is { } twin)
                Errors.Add(key, $"\"{name}\" and \"{twin.Name}\" in line {twin.Key.Line} are the same parameter; keep one of them");
            else if (value is not MapNode definition)
                Errors.Add(value, value is ListNode ? $"a list of values is written {key.Text}: {{values: [...]}}"
                    : $"a fixed value is written {key.Text}: {{value: {Shown(value)}}}");
            else if (definition.Entries.Count == 0) Errors.Add(value, $"'{key.Text}' is empty; write {key.Text}: {{values: [...]}} or {{value: ...}}");
            else if (ReadDistribution(definition, key, parameter) is { } distribution) found.Add(new FileParameter(name, key, distribution));
        }
    }

    private void ReadGroup(string name, ScalarNode key, MapNode group, FileNode nested)
    {
        foreach (var (other, _) in group.Entries.Where(entry => entry.Key.Text != "parameters"))
            Errors.Add(other, $"'{other.Text}' beside 'parameters': a group holds nothing else");
        if (!GptParameters.Groups.Contains(name))
            Errors.Add(key, GptParameters.Find(name) is not null ? $"\"{name}\" is a parameter, not a group; give it value, values or a distribution"
                : $"the trainer has no group of parameters \"{name}\""
                    + (Nearest.To(name, GptParameters.Groups) is { } near ? $"; did you mean \"{near}\"?" : $"; it has {string.Join(", ", GptParameters.Groups)}"));
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

    private Distribution? ReadDistribution(MapNode map, ScalarNode key, GptParameter parameter)
    {
        nodes.Keys(map, Keys, Refused, $" in '{key.Text}'");
        if (map.Entries.Any(entry => !Keys.Contains(entry.Key.Text))) return null;
        var named = map.Find("distribution");
        var kind = named is { } entry ? nodes.Text(entry.Value, "distribution") : Inferred(map, key);
        if (kind is null) return null;
        foreach (var (other, _) in map.Entries)
            if (!Belongs(other.Text, kind) && IsKnown(kind))
            {
                Errors.Add(other, $"'{other.Text}' does not go with {(named is null ? $"'{Shape(kind)}'" : $"the distribution {kind}")}; keep one of them");
                return null;
            }
        switch (kind)
        {
            case "constant": return Required(map, key, "value", kind) is { } value && Checked(value, parameter) is { } constant ? new ConstantDistribution(constant) : null;
            case "categorical": return Required(map, key, "values", kind) is { } values ? Categorical(values, parameter) : null;
            case "int_uniform" or "uniform" or "log_uniform_values": return Range(map, key, kind, parameter, named?.Value);
        }
        var near = Nearest.To(kind, ["constant", "categorical", "int_uniform", "uniform", "log_uniform_values"]);
        Errors.Add(named!.Value.Value, LaterDistributions.Contains(kind)
            ? $"the distribution {kind} is not supported yet; use {(kind == "log_uniform" ? "log_uniform_values, whose bounds are the values themselves" : Distributions)}"
            : $"there is no distribution \"{kind}\"; " + (near is null ? $"use {Distributions}" : $"did you mean \"{near}\"?"));
        return null;
    }

    private static bool IsKnown(string kind) => kind is "constant" or "categorical" or "int_uniform" or "uniform" or "log_uniform_values";

    private static string Shape(string kind) => kind switch { "constant" => "value", "categorical" => "values", _ => "min and max" };

    private static bool Belongs(string key, string kind) => key == "distribution" || kind switch
    {
        "constant" => key == "value",
        "categorical" => key == "values",
        _ => key is "min" or "max",
    };

    private string? Inferred(MapNode map, ScalarNode key)
    {
        if (map.Find("value") is not null) return "constant";
        if (map.Find("values") is not null) return "categorical";
        if (map.Find("min") is { } min && map.Find("max") is { } max)
            return min.Value is ScalarNode low && max.Value is ScalarNode high && ScalarValue.IsWrittenAsInteger(low) && ScalarValue.IsWrittenAsInteger(high)
                ? "int_uniform" : "uniform";
        Errors.Add(key, map.Find("min") is not null ? $"'{key.Text}' has a min but no max; add max: ..."
            : map.Find("max") is not null ? $"'{key.Text}' has a max but no min; add min: ..."
            : $"'{key.Text}' has no values; add value, values, or min and max");
        return null;
    }

    private FileNode? Required(MapNode map, ScalarNode key, string wanted, string kind)
    {
        if (map.Find(wanted) is { } entry) return entry.Value;
        Errors.Add(key, $"'{key.Text}' is {kind} but has no '{wanted}'; add {wanted}: ...");
        return null;
    }

    private ParameterValue? Checked(FileNode node, GptParameter parameter)
    {
        if (nodes.Value(node) is not { } value) return null;
        if (parameter.Check(value) is not { } problem) return value;
        Errors.Add(node, problem);
        return null;
    }

    private CategoricalDistribution? Categorical(FileNode node, GptParameter parameter)
    {
        if (node is not ListNode list)
        {
            Errors.Add(node, $"'values' is a list, such as values: [{Shown(node)}]");
            return null;
        }
        if (list.Items.Count == 0)
        {
            Errors.Add(node, "'values' is empty; list at least one value");
            return null;
        }
        var values = new List<ParameterValue>();
        var isSound = true;
        foreach (var item in list.Items)
        {
            var value = Checked(item, parameter);
            if (value is not null && values.Contains(value)) Errors.Add(item, $"{value} is listed twice; equal values would train the same twice, remove one");
            isSound &= value is not null;
            if (value is not null) values.Add(value);
        }
        return isSound ? new CategoricalDistribution([.. values]) : null;
    }

    private Distribution? Range(MapNode map, ScalarNode key, string kind, GptParameter parameter, FileNode? named)
    {
        if (Required(map, key, "min", kind) is not { } minNode || Required(map, key, "max", kind) is not { } maxNode) return null;
        if (nodes.Number(minNode, "min") is not { } min || nodes.Number(maxNode, "max") is not { } max) return null;
        var before = Errors.Count;
        var isWhole = kind == "int_uniform";
        if (!isWhole && !parameter.IsContinuous)
            Errors.Add(named ?? minNode, $"{parameter.Name} is {parameter.Allowed}, which {kind} does not draw; "
                + (parameter.Kind == GptParameterKind.Integer ? "use distribution: int_uniform or values: [...]" : "use values: [...]"));
        else if (min >= max) Errors.Add(minNode, $"min {Shown(minNode)} is not below max {Shown(maxNode)}; swap or change them");
        else if (kind == "log_uniform_values" && min <= 0) Errors.Add(minNode, $"min {Shown(minNode)} has no logarithm; log_uniform_values needs bounds above 0");
        else if (isWhole && FirstReal(minNode, maxNode) is { } real) Errors.Add(real, $"int_uniform needs whole numbers{NodeReader.Not(real)}");
        else
        {
            Checked(minNode, parameter);
            Checked(maxNode, parameter);
            if (!isWhole && method == SearchMethod.Grid)
                Errors.Add(named ?? minNode, $"a grid cannot list the values of {kind}; write values: [...], or method: random with run_cap: N");
        }
        if (Errors.Count > before) return null;
        return kind switch
        {
            "int_uniform" => new IntUniformDistribution((long)min, (long)max),
            "uniform" => new UniformDistribution(min, max),
            _ => new LogUniformValuesDistribution(min, max),
        };
    }

    private FileNode? FirstReal(params FileNode[] bounds) =>
        bounds.FirstOrDefault(bound => nodes.Value(bound) is not { AsLong: { } number } || Math.Abs(number) > 1L << 53);
}
