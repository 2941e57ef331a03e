using Sweeps.Core.Gpt;

namespace Sweeps.Core.SweepFiles;

/// <summary>Finds the parameters of a file under the names that other keys give them: with or without the group.</summary>
/// <param name="parameters">The parameters that were read.</param>
/// <param name="broken">Those whose definition has an error, which says enough.</param>
internal sealed class ParameterNames(IReadOnlyList<FileParameter> parameters, IReadOnlySet<GptParameter> broken)
{
    private readonly Dictionary<GptParameter, FileParameter> found = parameters.ToDictionary(parameter => parameter.Known);

    /// <summary>The parameter; null, with what is wrong with the name, where the file has none. (Nothing is where the definition is.)</summary>
    public FileParameter? Find(string name, string who, out string? problem)
    {
        problem = null;
        if (GptParameters.Find(name) is not { } known) problem = GptParameters.UnknownName(name);
        else if (found.TryGetValue(known, out var parameter)) return parameter;
        else if (!broken.Contains(known))
            problem = $"{who} names {name}, which is not among 'parameters'; add it there, for example {known.Name}: {{value: ...}}, or remove it here";
        return null;
    }
}
