using System.Globalization;

namespace ScottPlot;

/// <summary>A colour with red, green, blue and alpha from 0 to 255.</summary>
public readonly struct Color(byte red, byte green, byte blue, byte alpha = 255)
{
    public readonly byte Red = red;
    public readonly byte Green = green;
    public readonly byte Blue = blue;
    public readonly byte Alpha = alpha;

    /// <summary>Reads <c>#rrggbb</c> or <c>#rrggbbaa</c>; the number sign may be missing.</summary>
    public static Color FromHex(string hex)
    {
        var digits = hex.TrimStart('#');
        var value = uint.Parse(digits.Length == 6 ? digits + "FF" : digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new((byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    /// <summary>The same colour with an opacity from 0 to 1.</summary>
    public Color WithAlpha(double alpha) => new(Red, Green, Blue, (byte)(alpha * 255));

    /// <summary><c>#RRGGBB</c>, with two more digits when it is not opaque.</summary>
    public string ToHex() => Alpha == 255 ? $"#{Red:X2}{Green:X2}{Blue:X2}" : $"#{Red:X2}{Green:X2}{Blue:X2}{Alpha:X2}";
}
