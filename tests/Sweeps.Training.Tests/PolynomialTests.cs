using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class PolynomialTests
{
    [Theory]
    [InlineData("+ 1 2 0 0 0 - 6 0 0 0 0", "2 2 0 0 0")]      // (1 + 2X) + -(6)
    [InlineData("* 1 1 0 0 0 1 1 0 0 0", "1 2 1 0 0")]         // (1 + X)^2
    [InlineData("* 0 0 0 1 0 0 0 1 0 0", "0 0 0 0 0")]         // X^3 X^2 = X^5 = 0
    [InlineData("o 0 0 1 0 0 1 1 0 0 0", "1 2 1 0 0")]         // X^2 at 1 + X
    [InlineData("o 1 1 0 0 0 0 0 1 0 0", "1 0 1 0 0")]         // 1 + X at X^2
    [InlineData("- 0 1 2 3 6", "0 6 5 4 1")]
    public void Values_computed_by_hand(string expression, string value) =>
        Assert.Equal(Tokens(value), Polynomial.Evaluate(Tokens(expression)).Select(c => (long)c));

    [Fact]
    public void The_evaluator_agrees_with_brute_force()
    {
        var random = new SplitMix64(1);
        var operators = new HashSet<long>();
        for (var i = 0; i < 1000; i++)
        {
            var row = new long[TaskContext.TokensOfPolynomial(8)];
            new Polynomial(1, 8).Write(random, Part.Training, new Example(row, new bool[row.Length], new int[row.Length]));
            var expression = row[..Array.IndexOf(row, Polynomial.EqualsSign)];
            operators.UnionWith(expression.Where(token => token > 6));
            var rest = new Queue<long>(expression);
            Assert.Equal(BruteForce(rest), Polynomial.Evaluate(expression));
            Assert.Empty(rest);
        }
        Assert.Equal(4, operators.Count);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(6, 10)]
    public void Expressions_have_the_number_of_operations_asked_for_each_as_often(int fewest, int most)
    {
        using var data = new TaskDataSet(new Polynomial(fewest, most), 64, TaskContext.TokensOfPolynomial(most) - 1, 1, seed: 1);
        var counts = AdditionTests.Rows(data, 20, 0).CountBy(r => r.Tokens.Count(token => token is >= Polynomial.Negate and <= Polynomial.Compose)).ToDictionary();
        Assert.Equal(Enumerable.Range(fewest, most - fewest + 1), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 200, 320));
    }

    [Fact]
    public void An_example_is_an_expression_and_its_value_which_alone_is_trained()
    {
        using var data = new TaskDataSet(new Polynomial(1, 5), 64, 40, 1, seed: 1);
        foreach (var (row, trained) in AdditionTests.Rows(data, 5, 5))
        {
            var sign = Array.IndexOf(row, Polynomial.EqualsSign);
            Assert.Equal(BruteForce(new Queue<long>(row[..sign])).Select(c => (long)c), row[(sign + 1)..(sign + 6)]);
            Assert.Equal(Enumerable.Range(1, 40).Select(i => i > sign && i <= sign + 5), trained);
        }
    }

    [Fact]
    public void No_question_of_the_test_is_trained()
    {
        using var data = new TaskDataSet(new Polynomial(1, 1), 64, 40, 1, seed: 1);
        var trained = AdditionTests.Rows(data, 200, 0).Select(r => string.Join(' ', r.Tokens)).ToHashSet();
        var tested = AdditionTests.Rows(data, 0, 200).Select(r => string.Join(' ', r.Tokens)).ToHashSet();
        Assert.InRange(tested.Count, 1000, 12_800);
        Assert.Empty(trained.Intersect(tested));
    }

    [Fact]
    public void Harder_expressions_are_a_test_of_their_own()
    {
        using var without = DataSets.Open(new TrainingOptions { Data = "polynomial", Context = 40 }, ".", 1);
        Assert.Null(without.Beyond);
        using var with = DataSets.Open(new TrainingOptions { Data = "polynomial", Context = 70, OodOperations = 10 }, ".", 1);
        Assert.All(AdditionTests.Rows(with.Beyond!, 0, 5), r => Assert.InRange(r.Tokens.Count(token => token is >= 7 and <= 10), 6, 10));
    }

    [Fact]
    public void Expressions_can_be_read() =>
        Assert.Equal("+ 1 2 0 0 0 - 6 0 0 0 0 = 2 2 0 0 0", new Polynomial(1, 5).Decode([.. Tokens("+ 1 2 0 0 0 - 6 0 0 0 0"), 11, .. Tokens("2 2 0 0 0")]));

    private static long[] Tokens(string text) => [.. text.Split(' ').Select(symbol => (long)"0123456-+*o".IndexOf(symbol, StringComparison.Ordinal))];

    // Expands products and powers in full, over the integers; only then X^5 and 7 become 0.
    private static int[] BruteForce(Queue<long> expression)
    {
        if (expression.Peek() <= 6) return [.. Enumerable.Range(0, 5).Select(_ => (int)expression.Dequeue())];
        var operation = expression.Dequeue();
        var p = BruteForce(expression);
        if (operation == Polynomial.Negate) return Reduced(p.Select((c, i) => (i, -(long)c)));
        var q = BruteForce(expression);
        return operation switch
        {
            Polynomial.Add => Reduced(p.Concat(q).Select((c, i) => (i % 5, (long)c))),
            Polynomial.Multiply => Reduced(from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 5) select (i + j, (long)p[i] * q[j])),
            _ => Reduced(Enumerable.Range(0, 5).SelectMany(i => Power(q, i).Select(term => (term.Degree, p[i] * term.Factor)))),
        };
    }

    // Every way to choose one term from each of the factors.
    private static IEnumerable<(int Degree, long Factor)> Power(int[] q, int exponent) => exponent == 0
        ? [(0, 1)]
        : Power(q, exponent - 1).SelectMany(term => q.Select((c, j) => (term.Degree + j, term.Factor * c)));

    private static int[] Reduced(IEnumerable<(int Degree, long Factor)> terms)
    {
        var sums = new long[5];
        foreach (var (degree, factor) in terms) if (degree < 5) sums[degree] += factor;
        return [.. sums.Select(sum => (int)((sum % 7 + 7) % 7))];
    }
}
