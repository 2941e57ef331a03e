using System.Globalization;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>
/// Reads the definition of one parameter: a distribution by its name, or what Weights &amp; Biases infers from the keys, and checks that the
/// trainer can take what it draws.
/// </summary>
internal sealed class DistributionReader(NodeReader nodes, SearchMethod? method, bool allowsNesting)
{
    /// <summary>The keys that go with each distribution.</summary>
    private static readonly Dictionary<string, string[]> KeysOf = new()
    {
        ["constant"] = ["value"],
        ["categorical"] = ["values"],
        ["categorical_w_probabilities"] = ["values", "probabilities"],
        ["int_uniform"] = ["min", "max"],
        ["uniform"] = ["min", "max"],
        ["q_uniform"] = ["min", "max", "q"],
        ["log_uniform"] = ["min", "max"],
        ["log_uniform_values"] = ["min", "max"],
        ["q_log_uniform"] = ["min", "max", "q"],
        ["q_log_uniform_values"] = ["min", "max", "q"],
        ["inv_log_uniform"] = ["min", "max"],
        ["inv_log_uniform_values"] = ["min", "max"],
        ["normal"] = ["mu", "sigma"],
        ["q_normal"] = ["mu", "sigma", "q"],
        ["log_normal"] = ["mu", "sigma"],
        ["q_log_normal"] = ["mu", "sigma", "q"],
        ["beta"] = ["a", "b"],
        ["q_beta"] = ["a", "b", "q"],
    };

    private static readonly string[] Keys = ["value", "values", "distribution", "min", "max", "probabilities", "mu", "sigma", "q", "a", "b", "parameters"];

    private ErrorList Errors => nodes.Errors;

    /// <summary>Null, with an error in the list, when the definition has none that the trainer can take.</summary>
    public Distribution? Read(MapNode map, ScalarNode key, ParameterRule parameter)
    {
        nodes.Keys(map, Keys, new Dictionary<string, string>(), $" in '{key.Text}'");
        if (map.Entries.Any(entry => !Keys.Contains(entry.Key.Text))) return null;
        var named = map.Find("distribution");
        var kind = named is { } entry ? nodes.Text(entry.Value, "distribution") : Inferred(map, key);
        if (kind is null) return null;
        if (!KeysOf.TryGetValue(kind, out var keys))
        {
            Errors.Add(named!.Value.Value, $"there is no distribution \"{kind}\"; "
                + (Nearest.To(kind, KeysOf.Keys) is { } near ? $"did you mean \"{near}\"?" : $"use {string.Join(", ", KeysOf.Keys.SkipLast(1))} or {KeysOf.Keys.Last()}"));
            return null;
        }
        if (map.Entries.Select(one => one.Key).FirstOrDefault(other => other.Text != "distribution" && !keys.Contains(other.Text)) is { } stray)
        {
            Errors.Add(stray, $"'{stray.Text}' does not go with {(named is null ? $"'{string.Join(" and ", keys)}'" : $"the distribution {kind}")}; "
                + Fix(stray.Text, kind, named is null));
            return null;
        }
        switch (kind)
        {
            case "constant": return Required(map, key, "value", kind) is { } value && Checked(value, parameter) is { } constant ? new ConstantDistribution(constant) : null;
            case "categorical": return Required(map, key, "values", kind) is { } values ? Categorical(values, parameter) : null;
            case "categorical_w_probabilities": return Weighted(map, key, parameter);
            case "int_uniform": return IntUniform(map, key, parameter);
        }
        var place = named?.Value ?? map.Find("min")!.Value.Value;
        var distribution = keys.Contains("min") ? Range(map, key, kind) : Unbounded(map, kind);
        if (distribution is null) return null;
        if (Refusal(map, kind, parameter) is { } refusal)
        {
            Errors.Add(place, refusal);
            return null;
        }
        if (!keys.Contains("min")) return distribution;
        if (kind == "q_uniform" && method == SearchMethod.Grid) return Stepped(map, kind, parameter, place);
        return BothAllowed(map, kind, distribution.Low, distribution.High, parameter) ? distribution : null;
    }

    private string? Inferred(MapNode map, ScalarNode key)
    {
        if (map.Find("value") is not null) return "constant";
        if (map.Find("values") is not null) return map.Find("probabilities") is null ? "categorical" : "categorical_w_probabilities";
        if (map.Find("min") is { } min && map.Find("max") is { } max)
            return IsWrittenAsInteger(min.Value) && IsWrittenAsInteger(max.Value) ? "int_uniform" : "uniform";
        bool Has(params string[] names) => names.Any(name => map.Find(name) is not null);
        Errors.Add(key, map.Find("min") is not null ? $"'{key.Text}' has a min but no max; add max: ..."
            : map.Find("max") is not null ? $"'{key.Text}' has a max but no min; add min: ..."
            : Has("probabilities") ? $"'{key.Text}' has probabilities but no values; add values: [...]"
            : Has("mu", "sigma") ? $"'{key.Text}' does not say what is drawn with mu and sigma; add distribution: normal or log_normal"
            : Has("a", "b") ? $"'{key.Text}' does not say what is drawn with a and b; add distribution: beta"
            : $"'{key.Text}' has no values; add value, values, or min and max");
        return null;
    }

    private static string Fix(string stray, string kind, bool isInferred) => (stray, kind) switch
    {
        ("q", "uniform" or "int_uniform") when isInferred => "add distribution: q_uniform",
        ("q", _) when KeysOf.ContainsKey("q_" + kind) => $"write distribution: q_{kind}",
        ("probabilities", "categorical") => "write distribution: categorical_w_probabilities",
        _ => "keep one of them",
    };

    /// <summary>Why numbers that are not a list cannot be this parameter's values; null when they can.</summary>
    private string? Refusal(MapNode map, string kind, ParameterRule parameter)
    {
        var isQuantized = kind.StartsWith("q_", StringComparison.Ordinal);
        var isWhole = isQuantized && map.Find("q") is { } q && IsWrittenAsInteger(q.Value);
        if (!parameter.IsContinuous && !(isWhole && parameter.IsWhole))
            return $"{parameter.Name} is {parameter.Allowed}, which {kind} does not draw; " + (!parameter.IsWhole ? "use values: [...]"
                : isQuantized ? "write q as a whole number, such as q: 1" : "use distribution: int_uniform or values: [...]");
        return kind != "q_uniform" && method == SearchMethod.Grid
            ? $"a grid cannot list the values of {kind}; write values: [...], or method: random with run_cap: N" : null;
    }

    private FileNode? Required(MapNode map, ScalarNode key, string wanted, string kind)
    {
        if (map.Find(wanted) is { } entry) return entry.Value;
        Errors.Add(key, $"'{key.Text}' is {kind} but has no '{wanted}'; add {wanted}: ...");
        return null;
    }

    private ParameterValue? Checked(FileNode node, ParameterRule parameter)
    {
        if (nodes.Value(node, allowsNesting) is not { } value) return null;
        if (parameter.Check(value) is not { } problem) return value;
        Errors.Add(node, problem);
        return null;
    }

    private CategoricalDistribution? Categorical(FileNode node, ParameterRule parameter)
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
        var seen = new HashSet<ParameterValue>();
        foreach (var item in list.Items)
        {
            if (Checked(item, parameter) is not { } value) continue;
            if (!seen.Add(value)) Errors.Add(item, $"{value} is listed twice; equal values would train the same twice, remove one");
            values.Add(value);
        }
        return values.Count == list.Items.Count ? new CategoricalDistribution([.. values]) : null;
    }

    private WeightedCategoricalDistribution? Weighted(MapNode map, ScalarNode key, ParameterRule parameter)
    {
        if (Required(map, key, "values", "categorical_w_probabilities") is not { } values) return null;
        if (Required(map, key, "probabilities", "categorical_w_probabilities") is not { } probabilities) return null;
        if (method == SearchMethod.Grid)
            Errors.Add(map.Find("probabilities")!.Value.Key, "a grid trains each value once, whatever its probability; remove 'probabilities', or write method: random with run_cap: N");
        var choices = Categorical(values, parameter)?.Choices;
        var weights = Probabilities(probabilities, (values as ListNode)?.Items.Count);
        return choices is { } all && weights is not null ? new WeightedCategoricalDistribution(all, [.. weights]) : null;
    }

    private double[]? Probabilities(FileNode node, int? count)
    {
        if (node is not ListNode list)
        {
            Errors.Add(node, $"'probabilities' is a list, one for each value{NodeReader.Not(node)}");
            return null;
        }
        var before = Errors.Count;
        var weights = new List<double>();
        foreach (var item in list.Items)
            if (nodes.Number(item, "probabilities") is { } weight)
            {
                if (weight < 0) Errors.Add(item, $"a probability is not below 0, {Shown(item)} is");
                weights.Add(weight);
            }
        if (Errors.Count > before) return null;
        var sum = weights.Sum();
        if (weights.Count != count)
        {
            if (count is not null) Errors.Add(node, $"there are {weights.Count} probabilities for {count} values; write one for each");
        }
        else if (Math.Abs(sum - 1) > 1.001e-5) // numpy's isclose, as Weights & Biases asks
            Errors.Add(node, string.Create(CultureInfo.InvariantCulture, $"the probabilities sum to {sum:G6}, not to 1")
                + (sum > 0 && double.IsFinite(sum) ? $"; write [{string.Join(", ", weights.Select(weight => (weight / sum).ToString("G6", CultureInfo.InvariantCulture)))}]" : ""));
        else return [.. weights];
        return null;
    }

    private IntUniformDistribution? IntUniform(MapNode map, ScalarNode key, ParameterRule parameter)
    {
        if (Bounds(map, key, "int_uniform") is not var (minNode, min, maxNode, max)) return null;
        var real = new[] { minNode, maxNode }.FirstOrDefault(bound => nodes.Value(bound) is not { AsLong: { } number } || Math.Abs(number) > 1L << 53);
        if (real is not null)
        {
            Errors.Add(real, $"int_uniform needs whole numbers{NodeReader.Not(real)}");
            return null;
        }
        return Checked(minNode, parameter) is not null & Checked(maxNode, parameter) is not null ? new IntUniformDistribution((long)min, (long)max) : null;
    }

    private ContinuousDistribution? Range(MapNode map, ScalarNode key, string kind)
    {
        if (Bounds(map, key, kind) is not var (minNode, min, _, max) || Step(map, kind) is not { } q) return null;
        if (kind.EndsWith("_values", StringComparison.Ordinal) && min <= 0)
        {
            Errors.Add(minNode, $"min {Shown(minNode)} has no logarithm; {kind} needs bounds above 0");
            return null;
        }
        ContinuousDistribution drawn = kind switch
        {
            "uniform" or "q_uniform" => new UniformDistribution(min, max),
            "log_uniform" or "q_log_uniform" => new LogUniformDistribution(min, max),
            "log_uniform_values" or "q_log_uniform_values" => new LogUniformValuesDistribution(min, max),
            "inv_log_uniform" => new InverseLogUniformDistribution(min, max),
            _ => new InverseLogUniformValuesDistribution(min, max),
        };
        return Quantized(drawn, kind, q);
    }

    private SteppedDistribution? Stepped(MapNode map, string kind, ParameterRule parameter, FileNode place)
    {
        var steps = new SteppedDistribution(Number(map, "min"), Number(map, "max"), map.Find("q") is null ? 1 : Number(map, "q"));
        if (steps.Count > SweepFile.MostConfigurations)
            Errors.Add(place, $"a grid of this q_uniform has more than {SweepFile.MostConfigurations} values; raise q");
        else if (BothAllowed(map, kind, steps.Min, steps.Values().Last().AsDouble!.Value, parameter)) return steps;
        return null;
    }

    private double Number(MapNode map, string key) => nodes.Number(map.Find(key)!.Value.Value, key)!.Value;

    private bool BothAllowed(MapNode map, string kind, double low, double high, ParameterRule parameter)
    {
        // A large exponent makes a small number where the logarithm of 1/X is what is uniform.
        var (lowest, highest) = kind == "inv_log_uniform" ? ("max", "min") : ("min", "max");
        return IsAllowed(map, lowest, low, kind, parameter) & IsAllowed(map, highest, high, kind, parameter);
    }

    /// <summary>Reports a bound that makes values which the trainer refuses; says what was made of the bound where that is another number.</summary>
    private bool IsAllowed(MapNode map, string key, double made, string kind, ParameterRule parameter)
    {
        if (parameter.Check(ParameterValue.Of(made)) is not { } problem) return true;
        var (node, bound) = (map.Find(key)!.Value.Value, Number(map, key));
        var how = made == bound ? ""
            : kind is "log_uniform" or "q_log_uniform" or "inv_log_uniform"
                ? $"; the bounds of {kind} are exponents of e, and {Shown(node)} stands for {ParameterValue.Of(made)}: to write the values themselves use {kind}_values"
                : $"; {kind} makes {ParameterValue.Of(made)} of {Shown(node)}";
        Errors.Add(node, problem + how);
        return false;
    }

    /// <summary>The normal and beta distributions: what they draw is checked when it is drawn.</summary>
    private ContinuousDistribution? Unbounded(MapNode map, string kind)
    {
        var isBeta = kind is "beta" or "q_beta";
        var first = Optional(map, isBeta ? "a" : "mu", isBeta ? 1 : 0);
        var second = Optional(map, isBeta ? "b" : "sigma", 1);
        var q = Step(map, kind);
        if (isBeta) (first, second) = (Shape(map, "a", first), Shape(map, "b", second));
        else if (second <= 0)
        {
            Errors.Add(map.Find("sigma")!.Value.Value, $"'sigma' is above 0, not {Shown(map.Find("sigma")!.Value.Value)}; without spread write value: ...");
            return null;
        }
        if (first is not { } x || second is not { } y || q is null) return null;
        return Quantized(isBeta ? new BetaDistribution(x, y) : kind.EndsWith("log_normal", StringComparison.Ordinal) ? new LogNormalDistribution(x, y) : new NormalDistribution(x, y), kind, q.Value);
    }

    private static ContinuousDistribution Quantized(ContinuousDistribution drawn, string kind, double q) =>
        kind.StartsWith("q_", StringComparison.Ordinal) ? new QuantizedDistribution(drawn, q) : drawn;

    private (FileNode MinNode, double Min, FileNode MaxNode, double Max)? Bounds(MapNode map, ScalarNode key, string kind)
    {
        if (Required(map, key, "min", kind) is not { } minNode || Required(map, key, "max", kind) is not { } maxNode) return null;
        var (min, max) = (nodes.Number(minNode, "min"), nodes.Number(maxNode, "max"));
        if (min is null || max is null) return null;
        if (min < max) return (minNode, min.Value, maxNode, max.Value);
        Errors.Add(minNode, $"min {Shown(minNode)} is not below max {Shown(maxNode)}; swap or change them");
        return null;
    }

    private double? Optional(MapNode map, string key, double otherwise) => map.Find(key) is { } entry ? nodes.Number(entry.Value, key) : otherwise;

    /// <summary>q, which is 1 where it is not written.</summary>
    private double? Step(MapNode map, string kind)
    {
        var q = Optional(map, "q", 1);
        if (!(q <= 0)) return q;
        Errors.Add(map.Find("q")!.Value.Value, $"'q' is above 0: {kind} draws multiples of it");
        return null;
    }

    private double? Shape(MapNode map, string key, double? value)
    {
        if (value is null or >= 1e-3 and <= 1e6) return value;
        Errors.Add(map.Find(key)!.Value.Value, $"'{key}' of a beta distribution is a number from 0.001 to 1000000{NodeReader.Not(map.Find(key)!.Value.Value)}");
        return null;
    }

    private static bool IsWrittenAsInteger(FileNode node) => node is ScalarNode scalar && ScalarValue.IsWrittenAsInteger(scalar);

    private static string Shown(FileNode value) => value is ScalarNode { Text.Length: > 0 } scalar ? scalar.Text : "...";
}
