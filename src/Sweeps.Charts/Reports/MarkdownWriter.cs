using System.Text;

namespace Sweeps.Charts.Reports;

/// <summary>Builds a Markdown document (CommonMark with GitHub's tables); what people and programs wrote is text in it and never markup.</summary>
internal sealed class MarkdownWriter
{
    private const string Markup = "\\`*_{}[]<>#|~&!$";

    private readonly StringBuilder document = new();

    /// <summary>A heading.</summary>
    public MarkdownWriter Heading(int level, string text) => Block($"{new string('#', level)} {Escaped(text)}");

    /// <summary>A paragraph of text.</summary>
    public MarkdownWriter Paragraph(string text) => Block(Escaped(text));

    /// <summary>A paragraph that begins with a word in bold.</summary>
    public MarkdownWriter Labelled(string label, string text) => Block($"**{Escaped(label)}** {Escaped(text)}");

    /// <summary>Items, one to a line.</summary>
    public MarkdownWriter Items(IEnumerable<string> texts) => Block(string.Join('\n', texts.Select(text => $"- {Escaped(text)}")));

    /// <summary>A table whose first column is text and whose others are numbers.</summary>
    public MarkdownWriter Table(IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows, int textColumns = 1)
    {
        var names = headings.ToArray();
        return Block(string.Join('\n', [Row(names), $"|{string.Concat(names.Select((_, i) => i < textColumns ? "---|" : "---:|"))}", .. rows.Select(Row)]));

        static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(Escaped))} |";
    }

    /// <summary>A picture.</summary>
    /// <param name="path">Its file, relative to the document.</param>
    /// <param name="description">What it shows.</param>
    public MarkdownWriter Picture(string path, string description) => Block($"![{Escaped(description)}]({string.Join('/', path.Split('/').Select(Uri.EscapeDataString))})");

    /// <inheritdoc/>
    public override string ToString() => document.ToString();

    private MarkdownWriter Block(string markup)
    {
        if (document.Length > 0) document.Append('\n');
        document.Append(markup).Append('\n');
        return this;
    }

    /// <summary>Text on one line in which nothing is markup, also not what only begins a line (numbers of lists and rules apart, which words stand before here).</summary>
    private static string Escaped(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (Rune.IsControl(rune)) line.Append(' ');
            else
            {
                if (rune.IsAscii && Markup.Contains((char)rune.Value)) line.Append('\\');
                line.Append(rune);
            }
        }
        return line.ToString();
    }
}
