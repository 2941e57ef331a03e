using Sweeps.Core.Commands;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>program</c>, <c>command</c> and <c>metrics</c>: what is started, and how its metrics are found in what it prints.</summary>
internal sealed class CommandReader(NodeReader nodes, MapNode file)
{
    private const string BuiltIn = "gpt";
    private const string CommandExample = "[\"${env}\", \"${interpreter}\", \"${program}\", \"${args}\"]";
    private const string MetricsExample = "[\"step {step}: val loss {val_loss}\"]";

    /// <summary>Whether something else than the built-in trainer is swept.</summary>
    public bool IsCommand { get; } = file.Find("program") is { } program ? program.Value is not ScalarNode { Text: BuiltIn } : file.Find("command") is not null;

    /// <summary>Name of the program, for people.</summary>
    public static string Name(CommandSpec? command) => command is null ? BuiltIn
        : command.Program ?? command.Arguments.FirstOrDefault(argument => !argument.Contains("${", StringComparison.Ordinal)) ?? "command";

    /// <summary>The command; null for the built-in trainer.</summary>
    /// <param name="metric">The sweep's metric.</param>
    /// <param name="groups">Names of the parameters that hold others.</param>
    public CommandSpec? Read(MetricSpec metric, IReadOnlyCollection<string> groups)
    {
        if (!IsCommand)
        {
            foreach (var key in new[] { "command", "metrics" })
                if (file.Find(key) is { } stray) nodes.Errors.Add(stray.Key, $"'{key}' is for programs of your own, and gpt is the built-in trainer; remove it, or name your program: program: train.py");
            return null;
        }
        var program = file.Find("program") is { } named ? nodes.Text(named.Value, "program") : null;
        return new CommandSpec
        {
            Program = program,
            Arguments = file.Find("command") is { } command ? Arguments(command.Value, file.Find("program") is not null) : CommandSpec.DefaultArguments,
            Metrics = Metrics(metric.Name),
            Groups = [.. groups.Order(StringComparer.Ordinal)],
            NeedsMetric = file.Find("metric") is not null,
        };
    }

    private string[] Arguments(FileNode node, bool hasProgram)
    {
        if (node is not ListNode { Items.Count: > 0 } list)
        {
            nodes.Errors.Add(node, node is ListNode or ScalarNode { IsPlain: true, Text: "" } ? $"'command' is empty; write {CommandExample}, or remove it"
                : $"'command' is a list, the program to start and its arguments, such as {CommandExample}{NodeReader.Not(node)}");
            return [];
        }
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode argument) nodes.Errors.Add(item, $"an argument of the command is a single value{NodeReader.Not(item)}");
            else if (argument is { IsPlain: true, Text: "" }) nodes.Errors.Add(item, "this item of the command is empty; remove it, or write \"\" for an empty argument");
            else if (argument.Text.Contains('\0')) nodes.Errors.Add(item, "no program can be given the character NUL; remove it");
            else if (CommandMacros.Problem(argument.Text, hasProgram) is { } problem) nodes.Errors.Add(item, problem);
        }
        if (list.Items[0] is ScalarNode { Text: "" }) nodes.Errors.Add(list.Items[0], "the command begins with the program to start, not with an empty argument");
        return [.. list.Items.OfType<ScalarNode>().Select(item => item.Text)];
    }

    private string[] Metrics(string metric)
    {
        if (file.Find("metrics") is not { } entry) return [];
        if (entry.Value is not ListNode { Items.Count: > 0 } list)
        {
            nodes.Errors.Add(entry.Value, entry.Value is ListNode or ScalarNode { IsPlain: true, Text: "" } ? $"'metrics' is empty; write {MetricsExample}, or remove it when the program prints JSON"
                : $"'metrics' is a list of patterns, such as {MetricsExample}{NodeReader.Not(entry.Value)}");
            return [];
        }
        var texts = new List<string>();
        var names = new HashSet<string>();
        var isWhole = true;
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode scalar) nodes.Errors.Add(item, $"a pattern is a text, such as \"step {{step}}: val loss {{val_loss}}\" in quotes{NodeReader.Not(item)}");
            else if (MetricPattern.Read(scalar.Text, out var problem, out var offset) is { } pattern)
            {
                texts.Add(scalar.Text);
                names.UnionWith(pattern.Names);
                continue;
            }
            else
            {
                var (line, column) = scalar.PlaceOf(offset);
                nodes.Errors.Add(line, column, scalar.Text, problem!);
            }
            isWhole = false;
        }
        if (isWhole && !names.Contains(metric))
            nodes.Errors.Add(entry.Key, $"no pattern has {{{metric}}}, the metric that the sweep is judged by; "
                + (file.Find("metric") is null ? $"name one of theirs: metric: {{name: {names.FirstOrDefault(name => name != "step") ?? "loss"}}}" : "correct the pattern or the name under 'metric'"));
        return [.. texts];
    }
}
