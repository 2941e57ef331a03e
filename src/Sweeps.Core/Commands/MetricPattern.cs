using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sweeps.Core.Commands;

/// <summary>
/// What a line with metrics looks like, such as <c>step {step}: train loss {train_loss}, val loss {val_loss}</c>: a name in braces is a
/// number, <c>{_}</c> is anything, spaces are any white space, <c>{{</c> and <c>}}</c> are braces. It may be found anywhere in a line.
/// </summary>
public sealed partial class MetricPattern
{
    private const string Number = @"[-+]?(?:[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|nan|NaN|inf|Infinity)";

    private readonly Regex expression;

    private MetricPattern(Regex expression, IReadOnlyList<string> names)
    {
        this.expression = expression;
        Names = names;
    }

    /// <summary>The names of its numbers in their order; <c>step</c> is one of them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="problem">What is wrong with it and what to write instead.</param>
    /// <param name="offset">Where in the text that is.</param>
    /// <returns>Null when something is wrong.</returns>
    public static MetricPattern? Read(string text, out string? problem, out int offset)
    {
        var names = new List<string>();
        var expression = new StringBuilder();
        var wasNumber = false;
        (problem, offset) = (null, 0);
        for (var at = 0; at < text.Length; offset = at)
        {
            if (text[at] is '{' or '}' && at + 1 < text.Length && text[at + 1] == text[at])
            {
                expression.Append(Regex.Escape(text[at].ToString()));
                (at, wasNumber) = (at + 2, false);
            }
            else if (text[at] == '{')
            {
                var end = text.IndexOf('}', at);
                var name = end < 0 ? "" : text[(at + 1)..end];
                problem = end < 0 ? "'{' has no '}'; a brace of the line itself is written {{"
                    : name != "_" && !Name().IsMatch(name) ? $"{{{name}}} is not the name of a metric: letters, digits, '_', '.', '/' and '-', as in {{val_loss}}"
                    : names.Contains(name) ? $"{{{name}}} is written twice; use {{_}} for what does not count"
                    : wasNumber && name != "_" ? $"{{{name}}} follows another number without anything between them, so that nobody can tell where it begins" : null;
                if (problem is not null) return null;
                if (name == "_") expression.Append(".*?");
                else
                {
                    names.Add(name);
                    expression.Append($"({Number})");
                }
                (at, wasNumber) = (end + 1, name != "_");
            }
            else if (text[at] == '}')
            {
                problem = "'}' has no '{'; a brace of the line itself is written }}";
                return null;
            }
            else if (char.IsWhiteSpace(text[at]))
            {
                expression.Append(@"\s+");
                while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
                wasNumber = false;
            }
            else
            {
                // A pattern begins where a word does: "step 5" is not found in "microstep 5".
                if (expression.Length == 0 && char.IsLetterOrDigit(text[at])) expression.Append(@"\b");
                expression.Append(Regex.Escape(text[at].ToString()));
                (at, wasNumber) = (at + 1, false);
            }
        }
        offset = 0;
        if (!names.Contains("step")) problem = "a pattern needs {step}, the step that its values belong to";
        else if (names.Count == 1) problem = "a pattern needs a metric beside {step}, such as {val_loss}";
        if (problem is not null) return null;
        try
        {
            // Without backtracking no line takes long, however it looks.
            return new MetricPattern(new Regex(expression.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), names);
        }
        catch (NotSupportedException)
        {
            problem = "the pattern is too long; a few words about each number are enough";
            return null;
        }
    }

    /// <summary>The numbers of a line in the order of <see cref="Names"/>, or null when it does not look like this.</summary>
    public IReadOnlyList<double>? Match(string line)
    {
        var match = expression.Match(line);
        return match.Success ? [.. match.Groups.Values.Skip(1).Select(group => Value(group.Value))] : null;
    }

    private static double Value(string text)
    {
        var number = text.TrimStart('+', '-');
        var value = number is "nan" or "NaN" ? double.NaN : number is "inf" or "Infinity" ? double.PositiveInfinity : double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        return text[0] == '-' ? -value : value;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_./-]*$")]
    private static partial Regex Name();
}
