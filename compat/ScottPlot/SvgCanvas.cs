using System.Globalization;
using System.Security;
using System.Text;

namespace ScottPlot;

/// <summary>
/// Writes SVG 1.1 that every viewer draws alike: no style sheets, no identifiers (many pictures can share one page),
/// clipping by nested <c>svg</c> elements, text placed by its baseline.
/// </summary>
internal sealed class SvgCanvas(int width, int height)
{
    private const double Ascent = 0.93;
    private const double HalfCapHeight = 0.36;
    private const double Descent = 0.24;

    // Coordinates far outside of a picture lose their meaning in some viewers; clipping hides the difference.
    private const double Far = 1e5;

    private readonly StringBuilder body = new();

    public void Rectangle(Box box, Color fill)
    {
        if (fill.Alpha == 0) return;
        body.Append($"""<rect x="{N(box.Left)}" y="{N(box.Top)}" width="{N(box.Width)}" height="{N(box.Height)}"{Fill(fill)}/>""").Append('\n');
    }

    public void Polyline(IReadOnlyList<Pixel> points, LineStyle style)
    {
        if (!style.CanBeRendered) return;
        foreach (var part in FiniteParts(points))
        {
            if (part.Count < 2) continue;
            body.Append($"""<path d="{Path(part)}" fill="none"{Stroke(style)}/>""").Append('\n');
        }
    }

    public void Polygon(IReadOnlyList<Pixel> points, Color fill)
    {
        var finite = points.Where(IsFinite).ToArray();
        if (fill.Alpha == 0 || finite.Length < 3) return;
        body.Append($"""<path d="{Path(finite)}Z"{Fill(fill)}/>""").Append('\n');
    }

    public void Marker(Pixel at, MarkerShape shape, double size, Color color)
    {
        if (shape == MarkerShape.None || size <= 0 || color.Alpha == 0 || !IsFinite(at)) return;
        body.Append($"""<circle cx="{N(at.X)}" cy="{N(at.Y)}" r="{N(size / 2)}"{Fill(color)}/>""").Append('\n');
    }

    public void Text(string text, Pixel at, LabelStyle style)
    {
        if (!style.IsVisible || style.ForeColor.Alpha == 0 || string.IsNullOrWhiteSpace(text) || !IsFinite(at)) return;
        var anchor = style.Alignment.Horizontal() switch { 0 => "start", 1 => "end", _ => "middle" };
        var lines = text.Split('\n');
        var block = (lines.Length - 1) * style.Height;
        var offset = style.Alignment.Vertical() switch
        {
            0 => Ascent * style.FontSize,
            1 => -Descent * style.FontSize - block,
            _ => HalfCapHeight * style.FontSize - block / 2,
        };
        var turn = style.Rotation == 0 ? "" : $""" transform="rotate({N(style.Rotation)} {N(at.X)} {N(at.Y)})" """.TrimEnd();
        var font = (style.Bold ? """ font-weight="bold" """.TrimEnd() : "") + (style.Italic ? """ font-style="italic" """.TrimEnd() : "");
        foreach (var line in lines)
        {
            body.Append($"""<text x="{N(at.X)}" y="{N(at.Y + offset)}" font-size="{N(style.FontSize)}" text-anchor="{anchor}"{font}{turn}{Fill(style.ForeColor)}>""")
                .Append(Escape(line)).Append("</text>\n");
            offset += style.Height;
        }
    }

    /// <summary>What is drawn until <see cref="EndClip"/> shows only inside the box.</summary>
    public void BeginClip(Box box)
    {
        var frame = $"{N(box.Left)} {N(box.Top)} {N(box.Width)} {N(box.Height)}";
        body.Append($"""<svg x="{N(box.Left)}" y="{N(box.Top)}" width="{N(box.Width)}" height="{N(box.Height)}" viewBox="{frame}" overflow="hidden">""").Append('\n');
    }

    public void EndClip() => body.Append("</svg>\n");

    public override string ToString() =>
        $"""
        <?xml version="1.0" encoding="utf-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'Open Sans', 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif">
        {body}</svg>

        """.ReplaceLineEndings("\n");

    private static string N(double value) =>
        Math.Round(Math.Clamp(value, -Far, Far), 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Fill(Color color) => $""" fill="{Rgb(color)}"{Opacity("fill", color)}""";

    private static string Stroke(LineStyle style)
    {
        var dashes = style.Pattern.Intervals is { Length: > 0 } intervals
            ? $""" stroke-dasharray="{string.Join(' ', intervals.Select(interval => N(interval)))}" """.TrimEnd() : "";
        return $""" stroke="{Rgb(style.Color)}"{Opacity("stroke", style.Color)} stroke-width="{N(style.Width)}" stroke-linejoin="round"{dashes}""";
    }

    private static string Rgb(Color color) => new Color(color.Red, color.Green, color.Blue).ToHex();

    private static string Opacity(string kind, Color color) =>
        color.Alpha == 255 ? "" : $""" {kind}-opacity="{(color.Alpha / 255.0).ToString("0.###", CultureInfo.InvariantCulture)}" """.TrimEnd();

    private static string Path(IReadOnlyList<Pixel> points)
    {
        var path = new StringBuilder();
        foreach (var point in points) path.Append(path.Length == 0 ? 'M' : 'L').Append(N(point.X)).Append(' ').Append(N(point.Y));
        return path.ToString();
    }

    private static bool IsFinite(Pixel point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static IEnumerable<List<Pixel>> FiniteParts(IReadOnlyList<Pixel> points)
    {
        var part = new List<Pixel>();
        foreach (var point in points)
        {
            if (IsFinite(point))
            {
                part.Add(point);
                continue;
            }

            yield return part;
            part = [];
        }

        yield return part;
    }

    /// <summary>Text as XML allows it; what XML has no way to write becomes the replacement character.</summary>
    private static string Escape(string text)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            allowed.Append(rune.Value is (< 0x20 and not '\t') or 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString());
        return SecurityElement.Escape(allowed.ToString());
    }
}
