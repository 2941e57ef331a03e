using System.Net;
using System.Text;

namespace Sweeps.Charts.Reports;

/// <summary>Builds an HTML document; what people and programs wrote goes in by <see cref="Text"/> alone.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder document = new();

    /// <summary>Markup of the program.</summary>
    public HtmlWriter Raw(string markup)
    {
        document.Append(markup);
        return this;
    }

    /// <summary>Text of anyone, also inside a quoted attribute.</summary>
    public HtmlWriter Text(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            document.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? "\uFFFD" : WebUtility.HtmlEncode(rune.ToString()));
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public HtmlWriter Element(string name, string text, string? cssClass = null) =>
        Raw(cssClass is null ? $"<{name}>" : $"<{name} class=\"{cssClass}\">").Text(text).Raw($"</{name}>\n");

    /// <inheritdoc/>
    public override string ToString() => document.ToString().ReplaceLineEndings("\n");
}
