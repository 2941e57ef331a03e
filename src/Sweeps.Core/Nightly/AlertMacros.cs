using System.Text.RegularExpressions;

namespace Sweeps.Core.Nightly;

/// <summary>
/// The macros in the arguments of an alert's command. One may be a whole argument or a part of it, and what stands for it is never split nor seen by a
/// shell. Other text with a dollar sign is left as it is.
/// </summary>
public static partial class AlertMacros
{
    /// <summary>
    /// The macros, as they are written: one sentence that says it all, the whole verdict, the job, the night's date, what happened (<see cref="NightEvent"/>s
    /// with commas), the sweep's id and the path of <c>report.html</c>. The last two are empty for a night that was not trained.
    /// </summary>
    public static IReadOnlyList<string> All { get; } = ["${message}", "${verdict}", "${job}", "${night}", "${events}", "${sweep}", "${report}"];

    /// <summary>What is wrong with an argument, and what to write instead; null when nothing is.</summary>
    public static string? Problem(string argument)
    {
        foreach (Match macro in Macro().Matches(argument))
        {
            if (All.Contains(macro.Value)) continue;
            return $"an alert has no macro {macro.Value}; "
                + (Nearest.To(macro.Groups["name"].Value, All.Select(known => known[2..^1])) is { } near ? $"did you mean ${{{near}}}?" : $"there are {string.Join(", ", All)}");
        }
        return null;
    }

    /// <summary>The command with its macros replaced.</summary>
    /// <param name="command">Arguments that <see cref="Problem"/> has nothing against.</param>
    /// <param name="values">A text for each macro, by its name.</param>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> values) =>
        [.. command.Select(argument => Macro().Replace(argument, macro => values.GetValueOrDefault(macro.Groups["name"].Value, macro.Value)))];

    [GeneratedRegex(@"\$\{(?<name>[^{}]*)\}")]
    private static partial Regex Macro();
}
