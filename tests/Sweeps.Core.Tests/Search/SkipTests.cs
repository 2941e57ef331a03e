using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Search;

public sealed class SkipTests
{
    // heads 1, 2, 4 without, then with bias; what is left says what was skipped.
    [Theory]
    [InlineData("heads == 1", "2- 4- 2+ 4+")]
    [InlineData("heads != 1", "1- 1+")]
    [InlineData("heads < 2", "2- 4- 2+ 4+")]
    [InlineData("heads <= 2", "4- 4+")]
    [InlineData("2 < heads", "1- 2- 1+ 2+")]
    [InlineData("heads >= 2.0", "1- 1+")]
    [InlineData("bias", "1- 2- 4-")]
    [InlineData("not bias", "1+ 2+ 4+")]
    [InlineData("not not bias", "1- 2- 4-")]
    [InlineData("bias == true", "1- 2- 4-")]
    [InlineData("bias != True", "1+ 2+ 4+")]
    [InlineData("heads in [1, 4]", "2- 2+")]
    [InlineData("heads not in [1, 4]", "1- 4- 1+ 4+")]
    [InlineData("bias and heads == 1", "1- 2- 4- 2+ 4+")]
    [InlineData("bias and heads == 1 or heads == 2", "1- 4- 4+")]
    [InlineData("heads == 2 or bias and heads == 1", "1- 4- 4+")]
    [InlineData("bias and (heads == 1 or heads == 2)", "1- 2- 4- 4+")]
    [InlineData("not bias and heads == 1", "2- 4- 1+ 2+ 4+")]
    [InlineData("not (bias and heads == 1)", "1+")]
    [InlineData("model.heads == 4 or model.bias", "1- 2-")]
    [InlineData("data == 'grammar' and heads > 1e0", "1- 1+")]
    [InlineData("data == \"grammar\" and heads > +.1e1", "1- 1+")]
    [InlineData("data in ['grammar'] and heads > -2", "")]
    [InlineData("heads == heads and heads > learning_rate and heads == 1", "2- 4- 2+ 4+")]
    [InlineData("loss_weights == [1, 0.5] and bias", "1- 2- 4-")]
    [InlineData("loss_weights in [[1, 0.5]] and bias", "1- 2- 4-")]
    [InlineData("untie_at == 'never' and bias", "1- 2- 4-")]
    [InlineData("untie_at > 0.5 and bias", "1- 2- 4- 1+ 2+ 4+")] // never is no number
    public void Expressions_mean_what_they_mean_in_python(string expression, string left)
    {
        var file = "method: grid\nparameters: {bias: {values: [no, yes]}, heads: {values: [1, 2, 4]}, data: {value: grammar}, learning_rate: {value: 1e-3}, "
            + "loss_weights: {value: [1, 0.5]}, untie_at: {value: never}}\nskip: \n- " + (expression.Contains('"') ? $"'{expression.Replace("'", "''")}'" : $"\"{expression}\"");
        if (left.Length == 0) Assert.Throws<SweepFileException>(() => SweepFile.Parse(file, "a.yaml"));
        else
            Assert.Equal(left, string.Join(' ', SweepPlan.Of(SweepFile.Parse(file, "a.yaml")).Configurations
                .Select(configuration => configuration.Parameters["heads"] + (configuration.Parameters["bias"].AsBool == true ? "+" : "-"))));
    }

    [Theory]
    [InlineData("heads == 1")]
    [InlineData("heads != 1")]
    [InlineData("heads < 9")]
    [InlineData("heads in [1, 2]")]
    [InlineData("heads not in [1]")]
    [InlineData("not not heads == 1")]
    public void No_comparison_holds_for_a_parameter_that_is_left_out(string expression) => Assert.Contains("head_kind=shared", Labels(expression));

    [Fact]
    public void What_does_not_hold_for_a_parameter_that_is_left_out_holds_with_not_before_it() =>
        Assert.Equal(["head_kind=causal heads=1"], Labels("not (heads == 1)"));

    [Fact]
    public void Each_expression_of_the_list_skips() =>
        Assert.Equal(["head_kind=causal heads=2"], Labels("heads == 1\", \"head_kind == 'shared'"));

    private static IEnumerable<string> Labels(string expression) => SweepPlan.Of(SweepFile.Parse(
        "method: grid\nparameters: {heads: {values: [1, 2]}, head_kind: {values: [shared, causal]}}\nwhen: {heads: {parameter: head_kind, in: [causal]}}\n"
            + $"skip: [\"{expression}\"]\n", "a.yaml")).Configurations.Select(configuration => configuration.Label);
}
