using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>
/// Addition of two numbers of n digits, as in minGPT's adder: a, b and their sum of n + 1 digits, zero padded and without signs between
/// them, so that 6 + 39 is 0639045, or 0639054 with the sum reversed: the padding stays in front of it, and 85 + 50 is 8550531. Only the sum
/// is trained. a + b and b + a are in the same part.
/// </summary>
/// <param name="digits">n, from 1 to 18.</param>
/// <param name="reversed">Whether the sum stands from its last digit to its first.</param>
public sealed class Addition(int digits, bool reversed) : ITask
{
    private readonly long numbers = (long)Math.Pow(10, digits);

    /// <inheritdoc/>
    public string Name => $"addition of {digits} digits{(reversed ? ", reversed" : "")}";

    /// <inheritdoc/>
    public int Vocabulary => 10;

    /// <inheritdoc/>
    public int Longest => TaskContext.TokensOfAddition(digits);

    /// <summary>The part that a + b and b + a belong to.</summary>
    public static Part PartOf(long a, long b) => Example.PartOf([Math.Min(a, b), Math.Max(a, b)]);

    /// <inheritdoc/>
    public void Write(SplitMix64 random, Part part, Example example)
    {
        long a, b;
        do (a, b) = (random.Below(numbers), random.Below(numbers));
        while (PartOf(a, b) != part);
        Write(a, b, example);
    }

    /// <summary>Writes a + b.</summary>
    internal void Write(long a, long b, Example example)
    {
        WriteDigits(a, example.Tokens[..digits]);
        WriteDigits(b, example.Tokens.Slice(digits, digits));
        var sum = example.Tokens.Slice(2 * digits, digits + 1);
        WriteDigits(a + b, sum);
        if (reversed) sum[Padding(sum)..].Reverse();
        example.Answer(2 * digits, digits + 1);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => string.Concat(tokens);

    /// <inheritdoc/>
    public long[] Encode(string text) => [.. text.Select(digit => char.IsAsciiDigit(digit) ? digit - '0'
        : throw Unknown.Symbol(Name, digit.ToString(), Enumerable.Range(0, 10).Select(known => $"{known}")))];

    // Zeros in front of a number; 0 itself has a digit.
    private static int Padding(ReadOnlySpan<long> digits) => digits.IndexOfAnyExcept(0) is var first && first >= 0 ? first : digits.Length - 1;

    private static void WriteDigits(long number, Span<long> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--) (digits[i], number) = (number % 10, number / 10);
    }
}
