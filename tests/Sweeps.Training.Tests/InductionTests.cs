using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class InductionTests
{
    [Fact]
    public void Answers_are_the_second_tokens_of_names_seen_before()
    {
        using var data = new TaskDataSet(new Induction(), 16, 96, 1, seed: 1);
        var answers = 0;
        for (var step = 0; step < 10; step++)
        {
            using var batch = data.Training(step);
            for (var b = 0; b < 16; b++)
            {
                var story = Story(batch, b);
                var seen = new Dictionary<long, long>();
                Assert.Equal(0, batch.Answers![b * 97]);
                for (var i = 1; i < story.Length; i++)
                {
                    // First tokens of names are below 24, second ones below 48 and nowhere else.
                    var isSecond = story[i] is >= 24 and < 48;
                    Assert.Equal(isSecond, story[i - 1] < 24);
                    var known = isSecond && !seen.TryAdd(story[i - 1], story[i]);
                    if (known) Assert.Equal(seen[story[i - 1]], story[i]);
                    Assert.Equal(known, batch.Answers[b * 97 + i] != 0);
                    if (known) answers++;
                }
                Assert.InRange(seen.Count, 1, 2);
            }
        }
        Assert.InRange(answers, 5 * 160, 20 * 160);
    }

    [Fact]
    public void A_story_tells_of_people_places_and_things()
    {
        using var data = new TaskDataSet(new Induction(), 1, 96, 1, seed: 1);
        using var batch = data.Training(0);
        var text = data.Decode(Story(batch, 0));
        Assert.Matches("^([a-z]+|[.,])( ([a-z]+|[.,]))*$", text);
        Assert.Contains(" . ", text);
    }

    [Fact]
    public void All_of_a_story_is_trained()
    {
        using var data = new TaskDataSet(new Induction(), 4, 32, 1, seed: 1);
        using var batch = data.Training(0);
        Assert.Null(batch.Trained);
    }

    [Fact]
    public void Names_of_the_test_are_new_but_their_tokens_are_not()
    {
        using var data = new TaskDataSet(new Induction(), 64, 96, 1, seed: 1);
        var trained = Enumerable.Range(0, 60).SelectMany(step => Names(data.Training(step))).ToHashSet();
        var tested = Enumerable.Range(0, 10).SelectMany(index => Names(data.Validation(index, 10))).ToHashSet();
        Assert.Empty(trained.Intersect(tested));
        Assert.InRange(tested.Count, 30, 100);
        Assert.InRange(trained.Count + tested.Count, 24 * 24 * 9 / 10, 24 * 24);
        Assert.Equal(24, trained.Select(name => name.Item1).Distinct().Count());
        Assert.Equal(24, trained.Select(name => name.Item2).Distinct().Count());
    }

    private static long[] Story(Batch batch, int b) =>
        [batch.Tokens.data<long>()[b * batch.Context], .. Enumerable.Range(0, batch.Context).Select(t => batch.NextToken(b, t))];

    private static List<(long, long)> Names(Batch batch)
    {
        using (batch)
        {
            return
            [
                .. Enumerable.Range(0, batch.Sequences).Select(b => Story(batch, b))
                    .SelectMany(story => story.Zip(story.Skip(1)).Where(pair => pair.First < 24)),
            ];
        }
    }
}
