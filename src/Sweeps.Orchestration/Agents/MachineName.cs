using System.Text.RegularExpressions;

namespace Sweeps.Orchestration.Agents;

/// <summary>Names of machines, which are also names of directories.</summary>
public static partial class MachineName
{
    /// <summary>What a name is, for messages.</summary>
    public const string Rule = "The name of an agent has letters, digits, dots, hyphens and underscores, 64 at most, and begins with a letter or digit.";

    /// <summary>Whether a name is one.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();
}
