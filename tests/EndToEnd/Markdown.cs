using System.Text.RegularExpressions;

namespace Sweeps.EndToEnd;

/// <summary>What a page shows.</summary>
internal static partial class Markdown
{
    /// <summary>The blocks of a language.</summary>
    public static string[] Blocks(string page, string language) =>
        [.. Block().Matches(page).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["text"].Value)];

    /// <summary>The commands, without comments, in their order.</summary>
    public static string[] Commands(string page) => [.. Blocks(page, "sh").SelectMany(block => block.Split('\n')).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];

    /// <summary>The files of the pictures, relative to the page.</summary>
    public static string[] Pictures(string page) => [.. Picture().Matches(page).Select(match => Uri.UnescapeDataString(match.Groups["file"].Value))];

    [GeneratedRegex(@"^!\[.*\]\((?<file>[^)]*)\)$", RegexOptions.Multiline)]
    private static partial Regex Picture();

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
