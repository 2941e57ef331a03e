using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>
/// Expressions of polynomials over F_7[X]/(X^5) and their values, the algorithmic task of Gloeckle et al. (2024, section 4.2). An operand is
/// its five coefficients, constant first. Operators stand before their operands, so that no brackets are needed; then comes an equals sign
/// and the value: <c>+ 1 2 0 0 0 - 6 0 0 0 0 = 2 2 0 0 0</c> is (1 + 2X) + -(6). Only the value is trained.
/// </summary>
/// <param name="fewest">Fewest operations of an expression; their number is uniform.</param>
/// <param name="most">Most operations.</param>
public sealed class Polynomial(int fewest, int most) : ITask
{
    /// <summary>The tokens after the coefficients 0 to 6.</summary>
    internal const long Negate = 7, Add = 8, Multiply = 9, Compose = 10, EqualsSign = 11;

    private const string Symbols = "0123456-+*o=";
    private const int Coefficients = TaskContext.Coefficients, Modulus = 7;

    /// <inheritdoc/>
    public string Name => $"polynomials with {fewest} to {most} operations";

    /// <inheritdoc/>
    public int Vocabulary => Symbols.Length;

    /// <inheritdoc/>
    public int Longest => TaskContext.TokensOfPolynomial(most);

    /// <inheritdoc/>
    public void Write(SplitMix64 random, Part part, Example example)
    {
        int length;
        do
        {
            length = 0;
            WriteExpression(fewest + random.Below(most - fewest + 1), random, example.Tokens, ref length);
        }
        while (Example.PartOf(example.Tokens[..length]) != part);
        var value = Evaluate(example.Tokens[..length]);
        example.Tokens[length..].Clear();
        example.Tokens[length] = EqualsSign;
        for (var i = 0; i < Coefficients; i++) example.Tokens[length + 1 + i] = value[i];
        example.Answer(length + 1, Coefficients);
    }

    /// <summary>The value of an expression.</summary>
    /// <param name="expression">Its tokens, without the equals sign.</param>
    public static int[] Evaluate(ReadOnlySpan<long> expression)
    {
        var position = 0;
        return Next(expression, ref position);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => string.Join(' ', tokens.Select(t => Symbols[(int)t]));

    /// <inheritdoc/>
    public long[] Encode(string text) => [.. text.Where(symbol => !char.IsWhiteSpace(symbol)).Select(symbol => Symbols.IndexOf(symbol) is >= 0 and var token ? token
        : throw Unknown.Symbol(Name, symbol.ToString(), Symbols.Select(known => known.ToString())))];

    // Operators are uniform; a binary one shares the remaining operations out uniformly between its operands.
    private static void WriteExpression(int operations, SplitMix64 random, Span<long> tokens, ref int length)
    {
        if (operations == 0)
        {
            for (var i = 0; i < Coefficients; i++) tokens[length++] = random.Below(Modulus);
            return;
        }
        var operation = Negate + random.Below(4);
        tokens[length++] = operation;
        var left = operation == Negate ? operations - 1 : random.Below(operations);
        WriteExpression(left, random, tokens, ref length);
        if (operation != Negate) WriteExpression(operations - 1 - left, random, tokens, ref length);
    }

    private static int[] Next(ReadOnlySpan<long> expression, ref int position)
    {
        var operation = expression[position];
        if (operation < Modulus)
        {
            var operand = new int[Coefficients];
            for (var i = 0; i < Coefficients; i++) operand[i] = (int)expression[position++];
            return operand;
        }
        position++;
        var left = Next(expression, ref position);
        return operation switch
        {
            Negate => Array.ConvertAll(left, c => (Modulus - c) % Modulus),
            Add => Sum(left, Next(expression, ref position)),
            Multiply => Product(left, Next(expression, ref position)),
            _ => Composition(left, Next(expression, ref position)),
        };
    }

    private static int[] Sum(int[] p, int[] q) => [.. p.Zip(q, (a, b) => (a + b) % Modulus)];

    private static int[] Product(int[] p, int[] q)
    {
        var product = new int[Coefficients];
        for (var i = 0; i < Coefficients; i++)
        {
            for (var j = 0; i + j < Coefficients; j++) product[i + j] = (product[i + j] + p[i] * q[j]) % Modulus;
        }
        return product;
    }

    // p(q) by Horner's rule, for the representative p of degree below 5.
    private static int[] Composition(int[] p, int[] q)
    {
        var value = new int[Coefficients];
        for (var i = Coefficients - 1; i >= 0; i--)
        {
            value = Product(value, q);
            value[0] = (value[0] + p[i]) % Modulus;
        }
        return value;
    }
}
