using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Sweeps.Core;

/// <summary>An exact rational number in lowest terms, so that a third of 1,500 steps is step 500 and not 499.99.</summary>
public sealed partial record Fraction : IComparable<Fraction>
{
    private Fraction(BigInteger numerator, BigInteger denominator) => (Numerator, Denominator) = (numerator, denominator);

    /// <summary>0.</summary>
    public static Fraction Zero { get; } = new(0, 1);

    /// <summary>1.</summary>
    public static Fraction One { get; } = new(1, 1);

    /// <summary>Numerator; carries the sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>Denominator, at least 1.</summary>
    public BigInteger Denominator { get; }

    /// <summary><paramref name="numerator"/> / <paramref name="denominator"/> in lowest terms.</summary>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public static Fraction Of(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException("A fraction's denominator cannot be 0.");
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        return new Fraction(numerator / divisor, denominator / divisor);
    }

    /// <summary>The decimal that a finite number is written as: 1/10 for 0.1.</summary>
    public static Fraction Of(double number) => TryParse(number.ToString("R", CultureInfo.InvariantCulture), out var fraction) ? fraction
        : throw new ArgumentOutOfRangeException(nameof(number), number, "Only a finite number is a fraction.");

    /// <summary>Reads <c>2/3</c>, <c>0.5</c>, <c>.5</c>, <c>1e-1</c> or <c>3</c>; false when the text is none of these.</summary>
    public static bool TryParse(string text, out Fraction fraction)
    {
        fraction = Zero;
        var match = Notation().Match(text);
        if (!match.Success) return false;
        var fraction10 = match.Groups["f"].Value;
        var digits = match.Groups["i"].Value + fraction10;
        if (digits.Length is 0 or > 100) return false;
        var numerator = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        var denominator = BigInteger.Pow(10, fraction10.Length);
        if (match.Groups["e"].Success)
        {
            if (!int.TryParse(match.Groups["e"].Value, CultureInfo.InvariantCulture, out var exponent) || Math.Abs(exponent) > 400) return false;
            if (exponent >= 0) numerator *= BigInteger.Pow(10, exponent);
            else denominator *= BigInteger.Pow(10, -exponent);
        }
        if (match.Groups["d"].Success)
        {
            if (match.Groups["d"].Length > 100) return false;
            denominator *= BigInteger.Parse(match.Groups["d"].Value, CultureInfo.InvariantCulture);
        }
        if (denominator.IsZero) return false;
        fraction = Of(match.Groups["s"].Value == "-" ? -numerator : numerator, denominator);
        return true;
    }

    /// <summary>The nearest whole number to this times <paramref name="factor"/>; halves go up.</summary>
    public long RoundedTimes(long factor)
    {
        var doubled = 2 * Numerator * factor + Denominator;
        var quotient = BigInteger.DivRem(doubled, 2 * Denominator, out var remainder);
        return (long)(remainder.Sign < 0 ? quotient - 1 : quotient);
    }

    /// <summary>The smallest whole number that is not below this times <paramref name="factor"/>.</summary>
    public long CeilingTimes(long factor)
    {
        var quotient = BigInteger.DivRem(Numerator * factor, Denominator, out var remainder);
        return (long)(remainder.Sign > 0 ? quotient + 1 : quotient);
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble() => (double)Numerator / (double)Denominator;

    /// <inheritdoc/>
    public int CompareTo(Fraction? other) =>
        other is null ? 1 : (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>Sum.</summary>
    public static Fraction operator +(Fraction a, Fraction b) => Of(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    /// <summary>Difference.</summary>
    public static Fraction operator -(Fraction a, Fraction b) => Of(a.Numerator * b.Denominator - b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    /// <summary>Product with a whole number.</summary>
    public static Fraction operator *(Fraction a, BigInteger b) => Of(a.Numerator * b, a.Denominator);

    /// <summary>Quotient by a whole number.</summary>
    public static Fraction operator /(Fraction a, int b) => Of(a.Numerator, a.Denominator * b);

    /// <summary><c>2/3</c>, or <c>2</c> for a whole number.</summary>
    public override string ToString() => Denominator.IsOne ? Numerator.ToString(CultureInfo.InvariantCulture) : $"{Numerator}/{Denominator}";

    [GeneratedRegex(@"^\s*(?<s>[-+]?)(?:(?<i>[0-9]+)\s*/\s*(?<d>[0-9]+)|(?=\.?[0-9])(?<i>[0-9]*)(?:\.(?<f>[0-9]*))?(?:[eE](?<e>[-+]?[0-9]+))?)\s*$")]
    private static partial Regex Notation();
}
