using static Sweeps.Core.Tests.SweepFiles.SweepFileErrorTests;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class WhenErrorTests
{
    [Theory]
    [InlineData("{}", 4, 7, "'when' is empty; write {heads: {parameter: head_kind, in: [parallel, causal]}}")]
    [InlineData("[heads]", 4, 7, "'when' is a mapping")]
    [InlineData("{heads: causal}", 4, 15, "'heads' is a mapping, such as {parameter: head_kind, in: [parallel, causal]}, not \"causal\"")]
    [InlineData("{haeds: {parameter: head_kind, in: [causal]}}", 4, 8, "did you mean \"heads\"?")]
    [InlineData("{layers: {parameter: head_kind, in: [causal]}}", 4, 8, "'when' names layers, which is not among 'parameters'; add it there, for example layers: {value: ...}")]
    [InlineData("{heads: {parameter: hed_kind, in: [causal]}}", 4, 27, "did you mean \"head_kind\"?")]
    [InlineData("{heads: {parameter: [head_kind], in: [causal]}}", 4, 27, "'parameter' is a text")]
    [InlineData("{heads: {parameter: head_kind}}", 4, 15, "'in' is missing; the condition is written {heads: {parameter: head_kind, in: [parallel, causal]}}")]
    [InlineData("{heads: {in: [causal]}}", 4, 15, "'parameter' is missing")]
    [InlineData("{heads: {parameter: head_kind, equals: causal, in: [causal]}}", 4, 38, "unknown key \"equals\" in the condition of 'heads'")]
    [InlineData("{heads: {parameter: head_kind, in: causal}}", 4, 42, "'in' is a list of values of head_kind, such as in: [...], not \"causal\"")]
    [InlineData("{heads: {parameter: head_kind, in: []}}", 4, 42, "'in' is a list of values of head_kind, such as in: [...], not an empty one")]
    [InlineData("{heads: {parameter: head_kind, in: [causl]}}", 4, 43, "did you mean \"causal\"?")]
    [InlineData("{heads: {parameter: head_kind, in: [linear]}}", 4, 43, "head_kind is never linear; add it to its values in line 3")]
    [InlineData("{heads: {parameter: dropout, in: [0.1]}}", 4, 40, "dropout is drawn from uniform and is hardly ever one of some values")]
    [InlineData("{heads: {parameter: heads, in: [1]}}", 4, 8, "heads depends on itself: heads, which depends on heads; remove one of these conditions")]
    [InlineData("{heads: {parameter: head_kind, in: [causal]}, model.heads: {parameter: head_kind, in: [causal]}}", 4, 53, "heads has two conditions, the first in line 4; keep one of them")]
    public void A_wrong_condition_is_named_with_its_place(string when, int row, int column, string expected) => AssertOneError(
        $"method: random\nrun_cap: 4\nparameters: {{heads: {{values: [1, 2]}}, head_kind: {{values: [shared, causal]}}, dropout: {{min: 0.0, max: 0.5}}}}\nwhen: {when}\n", row, column, expected);

    [Fact]
    public void Conditions_in_a_circle_are_refused_at_each_of_them()
    {
        var errors = ErrorsOf("method: grid\nparameters: {heads: {values: [1, 2]}, layers: {values: [1, 2]}, bias: {values: [yes, no]}}\nwhen:\n"
            + "  heads: {parameter: layers, in: [1]}\n  layers: {parameter: bias, in: [yes]}\n  bias: {parameter: heads, in: [2]}\n");
        Assert.Equal([4, 5, 6], errors.Select(error => error.Line));
        Assert.Contains("heads depends on itself: heads, which depends on layers, which depends on bias, which depends on heads; remove", errors[0].Message);
    }

    [Theory]
    [InlineData("{head_kind: shared, heads: 2}", "'when' leaves heads out unless head_kind is causal; remove heads here")]
    [InlineData("{head_kind: causal}", "no baseline has the heads of configuration head_kind=shared, to compare it with; also give heads")]
    [InlineData("{head_kind: causal, heads: 1}", "the baseline is not a configuration of this sweep: 'skip' leaves it out")]
    public void A_baseline_that_is_left_out_is_refused(string baseline, string expected) => AssertOneError(
        "method: grid\nparameters: {heads: {values: [1, 2, 4]}, head_kind: {values: [shared, causal]}}\nwhen: {heads: {parameter: head_kind, in: [causal]}}\n"
            + $"skip: [\"head_kind == 'causal' and heads == 1\"]\nbaseline: {baseline}\n", 5, 1, expected);
}
