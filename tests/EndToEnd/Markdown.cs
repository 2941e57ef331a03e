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

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
