using System.Text.Json;
using System.Text.RegularExpressions;
using Sweeps.Core.Protocol;

namespace Sweeps.Core.Commands;

/// <summary>
/// Finds metric points in the lines that a program prints. A line that is a JSON object with a whole number <c>step</c> gives a point for
/// each of its other numbers, those of objects in it under their names with dots; NaN and Infinity may be written as Python does. Any other
/// line is compared with the patterns. <c>tokens</c> is no metric but the training tokens of the points, until another number is printed.
/// </summary>
/// <param name="patterns">The patterns; a line that several fit gives the points of each.</param>
public sealed partial class MetricLines(IReadOnlyList<MetricPattern> patterns)
{
    private const string StepName = "step";
    private const string TokensName = "tokens";

    private long tokens;

    /// <summary>The points of a line, none of most; a step below 0, beyond 2^31 - 1 or with a fraction gives none.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="seconds">Training seconds of its points.</param>
    public IReadOnlyList<MetricPoint> Read(string line, double seconds)
    {
        if (line.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal) && Json(line) is { } json) return Points(json, seconds);
        var points = new List<MetricPoint>();
        foreach (var pattern in patterns)
            if (pattern.Match(line) is { } values) points.AddRange(Points(pattern.Names.Zip(values), seconds));
        return points;
    }

    private List<MetricPoint> Points(IEnumerable<(string Name, double Value)> numbers, double seconds)
    {
        var all = numbers.ToList();
        var step = all.Where(number => number.Name == StepName).Select(number => number.Value).DefaultIfEmpty(-1).First();
        if (!(step is >= 0 and <= int.MaxValue) || step != Math.Floor(step)) return [];
        if (all.FirstOrDefault(number => number.Name == TokensName) is { Name: not null, Value: >= 0 and < long.MaxValue } seen) tokens = (long)seen.Value;
        return [.. all.Where(number => number.Name is not (StepName or TokensName)).Select(number => new MetricPoint(number.Name, (long)step, number.Value, tokens, seconds))];
    }

    private static IEnumerable<(string Name, double Value)> Numbers(JsonElement element, string prefix)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Number: yield return (name, property.Value.GetDouble()); break;
                case JsonValueKind.String when property.Value.GetString() is "NaN" or "Infinity" or "-Infinity":
                    yield return (name, property.Value.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity });
                    break;
                case JsonValueKind.Object:
                    foreach (var number in Numbers(property.Value, name + ".")) yield return number;
                    break;
            }
        }
    }

    /// <summary>The numbers of the object in a line; null when it is none.</summary>
    private static List<(string Name, double Value)>? Json(string line)
    {
        try
        {
            var text = line.Contains("NaN", StringComparison.Ordinal) || line.Contains("Infinity", StringComparison.Ordinal)
                ? NotANumber().Replace(line, match => match.Groups["word"].Success ? $"\"{match.Value}\"" : match.Value) : line;
            using var json = JsonDocument.Parse(text);
            return [.. Numbers(json.RootElement, "")];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // the second is for a text that is no Unicode
        }
    }

    // Texts in quotes are matched first, so that a word within one stays as it is.
    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|(?<word>NaN|-?Infinity)
        """)]
    private static partial Regex NotANumber();
}
