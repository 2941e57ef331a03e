using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Sweeps.Core.Commands;

/// <summary>
/// The macros of a command, those of Weights &amp; Biases' agent. A macro is an argument of its own, <c>"${args}"</c>, and may become
/// several; <c>${envvar:NAME}</c> alone may also be a part of one. Other text with a dollar sign is left as it is, for shells.
/// </summary>
public static partial class CommandMacros
{
    private const string EnvironmentPrefix = "envvar:";

    /// <summary>The macros, as they are written.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "${env}", "${interpreter}", "${program}", "${args}", "${args_no_equals}", "${args_no_hyphens}", "${args_append_hydra}", "${args_override_hydra}",
        "${args_no_boolean_flags}", "${args_json}", "${args_json_file}", "${envvar:NAME}",
    ];

    /// <summary>What is wrong with an argument of a command, and what to write instead; null when nothing is.</summary>
    /// <param name="argument">The argument as it stands in the sweep file.</param>
    /// <param name="hasProgram">Whether the file names a program.</param>
    public static string? Problem(string argument, bool hasProgram)
    {
        foreach (Match macro in Macro().Matches(argument))
        {
            var (isWhole, name) = (macro.Length == argument.Length, macro.Groups["name"].Value);
            if (name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            {
                if (!VariableName().IsMatch(name[EnvironmentPrefix.Length..])) return $"{macro.Value} names no variable of the environment; write, for example, ${{envvar:HOME}}";
            }
            else if (All.Contains(macro.Value))
            {
                if (!isWhole) return $"{macro.Value} is an argument of its own, not a part of one; write it as an item of the list";
                if (name == "program" && !hasProgram) return "${program} needs the program; add program: FILE, or write the file here";
            }
            else if (Nearest.To(name, All.Select(known => known[2..^1])) is { } near) return $"there is no macro {macro.Value}; did you mean ${{{near}}}?";
            else if (isWhole) return $"there is no macro {macro.Value}; there are {string.Join(", ", All)}";
        }
        return null;
    }

    /// <summary>The program to start, then its arguments.</summary>
    /// <param name="command">The command; <see cref="Problem"/> has nothing against its arguments.</param>
    /// <param name="parameters">Parameters by their names, with dots for nesting.</param>
    /// <param name="parametersFile">Path of a file with what <see cref="Nested"/> gives, as JSON.</param>
    /// <param name="environment">The variable of a name, or null.</param>
    /// <exception cref="CommandException">A variable is not set, or there is nothing to start.</exception>
    public static ImmutableArray<string> Expand(
        CommandSpec command, IReadOnlyDictionary<string, ParameterValue> parameters, string parametersFile, Func<string, string?> environment)
    {
        var nested = Nested(command, parameters);
        var pairs = nested.AsMap!.Select(pair => (Name: pair.Key, Value: PythonText.Str(pair.Value), Flag: pair.Value.AsBool)).ToArray();
        var expanded = command.Arguments.SelectMany(argument => argument switch
        {
            "${env}" => ["/usr/bin/env"],
            "${interpreter}" => ["python3"],
            "${program}" => [command.Program!],
            "${args}" => pairs.Select(pair => $"--{pair.Name}={pair.Value}"),
            "${args_no_equals}" => pairs.SelectMany(pair => new[] { $"--{pair.Name}", pair.Value }),
            "${args_no_hyphens}" => pairs.Select(pair => $"{pair.Name}={pair.Value}"),
            "${args_append_hydra}" => pairs.Select(pair => $"+{pair.Name}={pair.Value}"),
            "${args_override_hydra}" => pairs.Select(pair => $"++{pair.Name}={pair.Value}"),
            "${args_no_boolean_flags}" => pairs.Where(pair => pair.Flag != false).Select(pair => pair.Flag == true ? $"--{pair.Name}" : $"--{pair.Name}={pair.Value}"),
            "${args_json}" => [PythonText.Json(nested)],
            "${args_json_file}" => [parametersFile],
            _ => (IEnumerable<string>)[EnvironmentMacro().Replace(argument, match => Variable(match.Groups["name"].Value, environment))],
        }).ToImmutableArray();
        if (expanded is [] or ["", ..]) throw new CommandException("the command is empty once its macros are replaced; it begins with the program to start.");
        return expanded;
    }

    /// <summary>The parameters with those of a group as a mapping: what a script finds under <c>optimizer</c>, not under <c>optimizer.learning_rate</c>.</summary>
    public static ParameterValue Nested(CommandSpec command, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var groups = command.Groups.ToHashSet(StringComparer.Ordinal);
        return Level("", parameters);

        ParameterValue Level(string prefix, IEnumerable<KeyValuePair<string, ParameterValue>> all) => ParameterValue.Of(all
            .GroupBy(pair => Head(prefix, pair.Key), StringComparer.Ordinal)
            .Select(same => KeyValuePair.Create(same.Key[prefix.Length..], groups.Contains(same.Key) ? Level(same.Key + ".", same) : same.Single().Value)));

        // The shortest beginning of the name that is a group within the one at hand, else the name.
        string Head(string prefix, string name)
        {
            for (var dot = name.IndexOf('.', prefix.Length); dot >= 0; dot = name.IndexOf('.', dot + 1))
                if (groups.Contains(name[..dot])) return name[..dot];
            return name;
        }
    }

    private static string Variable(string name, Func<string, string?> environment) => environment(name)
        ?? throw new CommandException($"the command needs the variable {name} of the environment (${{envvar:{name}}}), which is not set here.");

    [GeneratedRegex(@"\$\{(?<name>[^{}]*)\}")]
    private static partial Regex Macro();

    [GeneratedRegex(@"\$\{envvar:(?<name>[A-Za-z0-9_]+)\}")]
    private static partial Regex EnvironmentMacro();

    [GeneratedRegex("^[A-Za-z0-9_]+$")]
    private static partial Regex VariableName();
}
