using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweeps.Core;

/// <summary>Sizes as people write them: <c>8GiB</c>, <c>512 MB</c>, <c>1000</c>.</summary>
public static partial class ByteSize
{
    /// <summary>The bytes of a size, at least 1; null for anything else.</summary>
    public static long? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        var unit = match.Groups["unit"].Value.ToLowerInvariant();
        var power = unit.Length == 0 || unit == "b" ? 0 : "kmgt".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        var bytes = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * Math.Pow(unit.Contains('i') ? 1024 : 1000, power);
        return bytes is >= 1 and < long.MaxValue ? (long)bytes : null;
    }

    /// <summary>A size for people: <c>7.5 GiB</c>.</summary>
    public static string Text(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)\s*(?<unit>[KMGT]i?B?|B)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
