using System.Globalization;
using System.Text;

namespace Sweeps.Core.Commands;

/// <summary>Values as Python writes them, because that is what the scripts of other platforms' sweeps read: <c>True</c>, <c>None</c>, <c>1e-05</c>.</summary>
public static class PythonText
{
    /// <summary>Numbers from 10 to the power of this on have an exponent.</summary>
    private const int LargestPlainExponent = 16;

    /// <summary>Numbers below 10 to the power of this have one.</summary>
    private const int SmallestPlainExponent = -4;

    /// <summary>What <c>str(value)</c> gives: texts as they are, everything else as <see cref="Repr"/>.</summary>
    public static string Str(ParameterValue value) => value.AsString ?? Repr(value);

    /// <summary>What <c>repr(value)</c> gives: texts in quotes, lists in brackets, dictionaries in braces.</summary>
    public static string Repr(ParameterValue value)
    {
        if (value.IsNull) return "None";
        if (value.AsBool is { } boolean) return boolean ? "True" : "False";
        if (value.AsLong is { } whole) return whole.ToString(CultureInfo.InvariantCulture);
        if (value.AsDouble is { } real) return double.IsNaN(real) ? "nan" : double.IsInfinity(real) ? real > 0 ? "inf" : "-inf" : Real(real);
        if (value.AsString is { } text) return Quoted(text);
        return value.AsList is { } list ? $"[{string.Join(", ", list.Select(Repr))}]"
            : $"{{{string.Join(", ", value.AsMap!.Select(entry => $"{Quoted(entry.Key)}: {Repr(entry.Value)}"))}}}";
    }

    /// <summary>What <c>json.dumps(value)</c> gives: in ASCII, a space after commas and colons, NaN and Infinity as words.</summary>
    public static string Json(ParameterValue value)
    {
        if (value.IsNull) return "null";
        if (value.AsBool is { } boolean) return boolean ? "true" : "false";
        if (value.AsLong is { } whole) return whole.ToString(CultureInfo.InvariantCulture);
        if (value.AsDouble is { } real) return double.IsNaN(real) ? "NaN" : double.IsInfinity(real) ? real > 0 ? "Infinity" : "-Infinity" : Real(real);
        if (value.AsString is { } text) return JsonText(text);
        return value.AsList is { } list ? $"[{string.Join(", ", list.Select(Json))}]"
            : $"{{{string.Join(", ", value.AsMap!.Select(entry => $"{JsonText(entry.Key)}: {Json(entry.Value)}"))}}}";
    }

    // The fewest digits that give the number again, which .NET finds too; the place of the point is Python's.
    private static string Real(double value)
    {
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : parts[0].Length;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        var exponent = point - (all.Length - digits.Length) - 1 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        digits = digits.TrimEnd('0');
        if (digits.Length == 0) (digits, exponent) = ("0", 0);
        var text = exponent switch
        {
            < SmallestPlainExponent or >= LargestPlainExponent =>
                $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}",
            < 0 => $"0.{new string('0', -exponent - 1)}{digits}",
            _ when exponent + 1 >= digits.Length => $"{digits.PadRight(exponent + 1, '0')}.0",
            _ => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
        };
        return double.IsNegative(value) ? "-" + text : text;
    }

    private static string Quoted(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == quote || rune.Value == '\\') quoted.Append('\\').Append(rune);
            else quoted.Append(rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                ' ' => " ",
                _ when IsPrintable(rune) => rune.ToString(),
                <= 0xFF => $"\\x{rune.Value:x2}",
                <= 0xFFFF => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }
        return quoted.Append(quote).ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static string JsonText(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                >= ' ' and <= '~' => letter.ToString(),
                _ => $"\\u{(int)letter:x4}",
            });
        return quoted.Append('"').ToString();
    }
}
