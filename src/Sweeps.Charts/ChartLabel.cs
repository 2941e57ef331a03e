using System.Globalization;
using System.Text;

namespace Sweeps.Charts;

/// <summary>Texts of people and programs, made fit for a picture.</summary>
internal static class ChartLabel
{
    /// <summary>Longest title that fits above a chart.</summary>
    public const int TitleLength = 60;

    /// <summary>
    /// One line without control characters and of at most <paramref name="length"/> characters. The middle of a longer text goes,
    /// because configurations differ at either end.
    /// </summary>
    public static string Shorten(string text, int length)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            line.Append(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
        var clean = string.Join(' ', line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var elements = new StringInfo(clean);
        if (elements.LengthInTextElements <= length) return clean;
        var head = (length - 1) * 3 / 5;
        var tail = length - 1 - head;
        return elements.SubstringByTextElements(0, head).TrimEnd() + "…"
            + elements.SubstringByTextElements(elements.LengthInTextElements - tail).TrimStart();
    }
}
