using Sweeps.Core.Gpt;
using Sweeps.Core.Stages;

namespace Sweeps.Core.Tests.Stages;

public sealed class RunTimelineTests
{
    [Theory]
    [InlineData("[1, 0.5] -> [1]", "[1, 0.5] @ 1/2 -> [1]")]
    [InlineData("[1, 0.5] -> [1]", "[1.0, 5e-1] @ 0.25 -> [1, 0.5] @ 0.25 -> [1] -> [1]")]
    [InlineData("[1, 0.5->0] -> [1]", "[1->1, 0.5->0] -> [1, 0]")]
    [InlineData("[1, 0.5]", "[1, 0.5, 0.25->0]")]
    public void Loss_weights_that_mean_the_same_are_equal_however_they_are_written(string one, string other) =>
        Assert.Equal(Pieces(("heads", 2), ("loss_weights", one)), Pieces(("heads", 2), ("loss_weights", other)));

    [Fact]
    public void Pieces_are_told_by_steps_and_not_by_shares_of_them()
    {
        var half = Pieces(("heads", 2), ("steps", 1000), ("decay_steps", 5000), ("warmup_steps", 0), ("loss_weights", "[1, 0.5->0] -> [1]"), ("untie_at", 0.75));
        var whole = Pieces(("heads", 2), ("steps", 500), ("decay_steps", 5000), ("warmup_steps", 0), ("loss_weights", "[1, 0.5->0]"), ("untie_at", "never"));
        Assert.Equal([0L, 500, 750], half.Select(piece => piece.FirstStep));
        Assert.Equal(half[..1], whole);
        Assert.NotEqual(half[0], Pieces(("heads", 2), ("steps", 1000), ("decay_steps", 5000), ("warmup_steps", 0), ("loss_weights", "[1, 0.5->0]"))[0]);
    }

    [Fact]
    public void Untying_at_the_end_unties_nothing() =>
        Assert.Equal(Pieces(("untie_at", "never"), ("steps", 40)), Pieces(("untie_at", 40), ("steps", 40)));

    [Fact]
    public void The_last_step_is_a_piece_only_where_its_validation_is_out_of_turn()
    {
        Assert.DoesNotContain(Pieces(("steps", 500), ("eval_every", 250)), piece => piece.Meaning.Contains("validated"));
        Assert.Equal(new TimedPiece(489, "validated after this step"), Pieces(("steps", 490), ("eval_every", 250))[^1]);
    }

    [Fact]
    public void A_constant_learning_rate_is_one_piece_whatever_it_is_named()
    {
        var cosine = Pieces(("learning_rate", 1e-3), ("min_learning_rate", 1e-3), ("warmup_steps", 0));
        Assert.Single(cosine);
        Assert.Equal(cosine, Pieces(("learning_rate", 1e-3), ("min_learning_rate", 1e-3), ("warmup_steps", 0), ("decay_steps", 77)));
        Assert.Equal(cosine, Pieces(("learning_rate", 1.0), ("min_learning_rate", 1e-3), ("warmup_steps", 0), ("decay_steps", 0)));
        Assert.Equal(cosine, Pieces(("learning_rate", 1.0), ("min_learning_rate", 1e-3), ("decay_steps", 0), ("warmup_steps", 0), ("learning_rate_schedule", "pr178")));
    }

    [Fact]
    public void Only_what_is_timed_is_taken_from_the_fixed_part()
    {
        var timed = new HashSet<string>
        {
            "loss_weights", "untie_at", "learning_rate", "learning_rate_schedule", "min_learning_rate", "warmup_steps", "warmup_tokens", "decay_steps",
            "muon_learning_rate", "steps",
        };
        var options = TrainingOptions.FromParameters(Parameters(("steps", 1000), ("untie_at", 0.5), ("heads", 3), ("batch_size", "4 -> 8"), ("width", 64), ("eval_every", 7)), seed: 5);
        var (whole, kept) = (options.ToParameters(), RunTimeline.Of(options).Fixed.ToParameters());
        Assert.Equal(8, RunTimeline.Of(options).Fixed.BatchSize);
        Assert.Equal(5, RunTimeline.Of(options).Fixed.Seed);
        Assert.All(whole.Keys.Where(name => !timed.Contains(name) && name != "batch_size"), name => Assert.Equal(whole[name], kept[name]));
        Assert.NotEqual(RunTimeline.Of(options).Fixed, RunTimeline.Of(options).WithSeed(6).Fixed);
    }

    [Fact]
    public void Runs_with_other_largest_sizes_do_not_agree_at_all()
    {
        // The largest ones are those of the validation, and the largest context is what the model is built for.
        Assert.NotEqual(Of(("batch_size", "4 -> 8")).Fixed, Of(("batch_size", 4)).Fixed);
        Assert.Equal(Of(("batch_size", "4 -> 8")).Fixed, Of(("batch_size", "8 -> 2")).Fixed);
        Assert.NotEqual(Of(("context", "16 -> 32")).Fixed, Of(("context", 16)).Fixed);
    }

    private static TimedPiece[] Pieces(params (string, object)[] parameters) => [.. Of(parameters).Pieces];

    private static RunTimeline Of(params (string, object)[] parameters) => RunTimeline.Of(TrainingOptions.FromParameters(Parameters(parameters), seed: 1));

    private static Dictionary<string, ParameterValue> Parameters(params (string Name, object Value)[] parameters) =>
        parameters.ToDictionary(p => p.Name, p => p.Value switch
        {
            int number => ParameterValue.Of(number),
            double number => ParameterValue.Of(number),
            var text => ParameterValue.Of((string)text),
        });
}
