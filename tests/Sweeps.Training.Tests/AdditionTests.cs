using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class AdditionTests
{
    [Theory]
    [InlineData(false, "0639045")]
    [InlineData(true, "0639054")]
    public void Six_and_thirty_nine_are_written_zero_padded(bool reversed, string expected)
    {
        var (tokens, trained, answers) = (new long[9], new bool[9], new int[9]);
        var addition = new Addition(2, reversed);
        addition.Write(6, 39, new Example(tokens, trained, answers));
        Assert.Equal(expected, addition.Decode(tokens[..7]));
        // Only the sum is trained and asked for, and neither is what stands behind it.
        Assert.Equal([false, false, false, false, true, true, true, false, false], trained);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 0, 0], answers);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(18, true)]
    public void Every_sum_is_right(int digits, bool reversed)
    {
        using var data = new TaskDataSet(new Addition(digits, reversed), 32, 3 * digits, 1, seed: 1);
        foreach (var (row, trained) in Rows(data, steps: 10, batches: 10))
        {
            var sum = (Number(row[..digits]) + Number(row[digits..(2 * digits)])).ToString(CultureInfo.InvariantCulture);
            if (reversed) sum = string.Concat(sum.Reverse());
            Assert.Equal(sum.PadLeft(digits + 1, '0'), string.Concat(row[(2 * digits)..]));
            Assert.Equal(Enumerable.Range(1, 3 * digits).Select(i => i >= 2 * digits), trained);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_question_of_the_test_is_trained_in_either_order(int digits)
    {
        using var data = new TaskDataSet(new Addition(digits, reversed: true), 64, 3 * digits, 1, seed: 1);
        var trained = Rows(data, steps: 300, batches: 0).Select(r => Question(r.Tokens)).ToHashSet();
        var tested = Rows(data, steps: 0, batches: 50).Select(r => Question(r.Tokens)).ToHashSet();
        Assert.NotEmpty(tested);
        Assert.Empty(trained.Intersect(tested));
        Assert.Empty(trained.Intersect(tested.Select(q => (q.B, q.A))));
        // Nearly all questions of one part or the other were met: the split leaves none out.
        var all = (int)Math.Pow(10, 2 * digits);
        Assert.InRange(trained.Count + tested.Count, all * 8 / 10, all);
        Assert.InRange(tested.Count / (double)(trained.Count + tested.Count), 0.04, 0.2);

        (long A, long B) Question(long[] row) => (Number(row[..digits]), Number(row[digits..(2 * digits)]));
    }

    [Fact]
    public void The_test_is_the_same_for_every_seed_and_the_training_is_not()
    {
        using var one = new TaskDataSet(new Addition(2, false), 8, 6, 1, seed: 1);
        using var two = new TaskDataSet(new Addition(2, false), 8, 6, 1, seed: 2);
        Assert.Equal(Rows(one, 0, 5).Select(r => r.Tokens), Rows(two, 0, 5).Select(r => r.Tokens));
        Assert.NotEqual(Rows(one, 5, 0).Select(r => r.Tokens), Rows(two, 5, 0).Select(r => r.Tokens));
        Assert.Equal(Rows(one, 5, 0).Select(r => r.Tokens), Rows(one, 5, 0).Select(r => r.Tokens));
    }

    [Fact]
    public void A_longer_context_and_more_future_tokens_change_no_example()
    {
        using var exact = new TaskDataSet(new Addition(2, true), 8, 6, 1, seed: 1);
        using var longer = new TaskDataSet(new Addition(2, true), 8, 10, 3, seed: 1);
        foreach (var (a, b) in Rows(exact, 5, 5).Zip(Rows(longer, 5, 5)))
        {
            Assert.Equal(a.Tokens, b.Tokens[..7]);
            Assert.Equal(a.Trained, b.Trained[..6]);
            Assert.All(b.Tokens[7..], token => Assert.Equal(0, token));
            Assert.All(b.Trained[6..], Assert.False);
        }
    }

    [Fact]
    public void Each_task_and_order_has_its_own_hash()
    {
        var tasks = new ITask[] { new Addition(2, false), new Addition(2, true), new Addition(3, false), new Polynomial(1, 5), new Polynomial(1, 4), new Induction() };
        Assert.Equal(tasks.Length, tasks.Select(Hash).Distinct().Count());
        Assert.Equal(Hash(tasks[0]), Hash(tasks[0]));

        static string Hash(ITask task) => new TaskDataSet(task, 1, 100, 1, seed: 1).Sha256;
    }

    [Fact]
    public void A_context_too_short_for_the_task_is_refused()
    {
        var options = new TrainingOptions { Data = "addition", Digits = 3, Context = 8 };
        Assert.Contains("The context 8 is too short for addition of 3 digits: its longest example needs 9",
            Assert.Throws<TrainingException>(() => DataSets.Open(options, ".", 1)).Message);
    }

    private static long Number(IEnumerable<long> digits) => digits.Aggregate(0L, (number, digit) => 10 * number + digit);

    // Rows of training batches, then of validation batches: context and last target, and which targets are trained.
    internal static IEnumerable<(long[] Tokens, bool[] Trained)> Rows(IDataSet data, int steps, int batches)
    {
        foreach (var i in Enumerable.Range(0, steps + batches))
        {
            using var batch = i < steps ? data.Training(i) : data.Validation(i - steps, batches);
            for (var b = 0; b < batch.Sequences; b++)
            {
                var first = batch.Tokens.data<long>()[b * batch.Context];
                yield return (
                    [first, .. Enumerable.Range(0, batch.Context).Select(t => batch.NextToken(b, t))],
                    [.. Enumerable.Range(0, batch.Context).Select(t => batch.IsTrained(b, t))]);
            }
        }
    }
}
