using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweeps.Core.SweepFiles;

/// <summary>
/// What a scalar of a sweep file means: YAML 1.1's booleans and numbers, as the files in the wild use them, and numbers as people write
/// them (1e-5, 3e6, 1E+5), which YAML 1.1 takes for text.
/// </summary>
internal static partial class ScalarValue
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>The value; null with an error in the list when its tag is unknown or does not fit.</summary>
    public static ParameterValue? Read(ScalarNode node, ErrorList errors)
    {
        if (node.IsPlain && node.Tag.IsEmpty && LeadingZero().IsMatch(node.Text))
        {
            errors.Add(node, $"{node.Text} is octal in YAML 1.1 and decimal in YAML 1.2; write the number without the leading zero, or a text in quotes");
            return null;
        }
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific) return node.IsPlain && node.Tag.IsEmpty ? Plain(node.Text) : ParameterValue.Of(node.Text);
        var tag = node.Tag.Value;
        if (!tag.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            errors.Add(node, $"the tag {tag} is not known; remove it, or use !!float, !!int, !!bool, !!str or !!null");
            return null;
        }
        var value = Plain(node.Text);
        var kind = tag[TagPrefix.Length..];
        var fits = kind switch
        {
            "str" => ParameterValue.Of(node.Text),
            "float" => value.AsDouble is null ? null : value,
            "int" => value.AsLong is null ? null : value,
            "bool" => value.AsBool is null ? null : value,
            "null" => value.IsNull ? value : null,
            _ => null,
        };
        if (fits is null) errors.Add(node, $"\"{node.Text}\" does not fit its tag !!{kind}; remove the tag or correct the value");
        return fits;
    }

    /// <summary>Whether a number was written without a fraction and exponent: 3 but not 3.0. Bounds of the first kind mean whole numbers.</summary>
    public static bool IsWrittenAsInteger(ScalarNode node) => node.IsPlain && WholeNumber().IsMatch(node.Text) && (node.Tag.IsEmpty || node.Tag.Value != TagPrefix + "float");

    private static ParameterValue Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return ParameterValue.Null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON": return ParameterValue.Of(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF": return ParameterValue.Of(false);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF": return ParameterValue.Of(double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF": return ParameterValue.Of(double.NegativeInfinity);
            case ".nan" or ".NaN" or ".NAN": return ParameterValue.Of(double.NaN);
        }
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (HexNumber().IsMatch(text) && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            return ParameterValue.Of(hex);
        if (WholeNumber().IsMatch(text) && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return ParameterValue.Of(whole);
        if (RealNumber().IsMatch(text) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
            return ParameterValue.Of(real);
        return ParameterValue.Of(text);
    }

    [GeneratedRegex("^[-+]?[0-9][0-9_]*$")]
    private static partial Regex WholeNumber();

    [GeneratedRegex("^[-+]?0[0-9_]+$")]
    private static partial Regex LeadingZero();

    [GeneratedRegex("^0x[0-9a-fA-F_]+$")]
    private static partial Regex HexNumber();

    [GeneratedRegex(@"^[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?$")]
    private static partial Regex RealNumber();
}
