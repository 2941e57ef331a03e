namespace Sweeps.Core.SweepFiles;

/// <summary>Finds the parameters of a file under the names that other keys give them: of the built-in trainer with or without the group.</summary>
/// <param name="known">What is known of the program's parameters.</param>
/// <param name="parameters">The parameters that were read.</param>
/// <param name="broken">Those whose definition has an error, which says enough.</param>
/// <param name="groups">Names of the parameters that hold others.</param>
internal sealed class ParameterNames(ProgramParameters known, IReadOnlyList<FileParameter> parameters, IReadOnlySet<string> broken, IReadOnlyCollection<string> groups)
{
    private readonly Dictionary<string, FileParameter> found = parameters.ToDictionary(parameter => parameter.Known.Name);

    /// <summary>Whether values are mappings in this file's program.</summary>
    public bool AllowsNesting => known.AllowsNesting;

    /// <summary>The parameter; null, with what is wrong with the name, where the file has none. (Nothing is where the definition is.)</summary>
    public FileParameter? Find(string name, string who, out string? problem)
    {
        problem = null;
        if (known.Find(name) is not { } rule) problem = known.Unknown(name);
        else if (found.TryGetValue(rule.Name, out var parameter)) return parameter;
        else if (!broken.Contains(rule.Name))
            problem = Near(name) is { } near ? $"{who} names {name}, which is not among 'parameters'; did you mean \"{near}\"?"
                : $"{who} names {name}, which is not among 'parameters'; add it there, for example {rule.Name}: {{value: ...}}, or remove it here";
        return null;
    }

    /// <summary>Whether a name is that of a parameter which holds others.</summary>
    public bool IsGroup(string name) => groups.Contains(name) || !known.AllowsNesting && known.NoGroup("", name) is null;

    // The trainer's names are found by the trainer; of those of any other program all that is known is the file.
    private string? Near(string name) => known.AllowsNesting ? Nearest.To(name, found.Keys) : null;
}
