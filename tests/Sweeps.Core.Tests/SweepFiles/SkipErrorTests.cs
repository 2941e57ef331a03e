using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using static Sweeps.Core.Tests.SweepFiles.SweepFileErrorTests;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class SkipErrorTests
{
    private const string Head = "method: grid\nname: a\nparameters: {heads: {values: [1, 2]}, head_kind: {values: [shared, causal]}, bias: {values: [yes, no]}}\n";

    [Theory]
    [InlineData("heads = 1", 8, "write == to compare")]
    [InlineData("heads == 1 = 1", 13, "write == to compare")]
    [InlineData("heads == 1 and", 16, "the name of a parameter or a value was expected here, not the end")]
    [InlineData("heads == 1 && bias", 13, "'and', 'or' or the end was expected here, not '&&'")]
    [InlineData("heads == 1 nad bias", 13, "'and', 'or' or the end was expected here, not 'nad'")]
    [InlineData("! bias", 2, "write 'not'")]
    [InlineData("haeds == 1", 2, "the trainer has no parameter \"haeds\"; did you mean \"heads\"?")]
    [InlineData("bias and haeds == 1", 11, "did you mean \"heads\"?")]
    [InlineData("head_kind == causal", 15, "a text is written in quotes, as in 'causal'")]
    [InlineData("head_kind == 'causl'", 15, "did you mean \"causal\"?")]
    [InlineData("head_kind == 'linear'", 15, "head_kind is never linear; add it to its values in line 3")]
    [InlineData("layers == 1", 2, "'skip' names layers, which is not among 'parameters'")]
    [InlineData("heads == 3", 11, "heads is never 3; add it to its values in line 3")]
    [InlineData("heads == 'two'", 11, "heads is a whole number")]
    [InlineData("heads in 1", 11, "a list such as [1, 2] was expected after 'in', not '1'")]
    [InlineData("heads in [1, 3]", 15, "heads is never 3")]
    [InlineData("heads in [1, 2", 16, "',' or ']' was expected here, not the end")]
    [InlineData("heads in []", 12, "a value was expected here, not ']'")]
    [InlineData("heads not 1", 12, "'in' was expected after 'not', not '1'")]
    [InlineData("2 in [1, 2]", 2, "the name of a parameter was expected before 'in'")]
    [InlineData("1 == 1", 2, "two values are compared here; one side is the name of a parameter")]
    [InlineData("1 < heads < 2", 12, "one comparison at a time: write a < b and b < c")]
    [InlineData("heads", 7, "heads is a whole number from 1 to 64; compare it, as in heads == ..., instead of the end")]
    [InlineData("true", 6, "a comparison was expected here, such as heads == 1, not the end")]
    [InlineData("(heads == 1", 13, "')' was expected here, not the end")]
    [InlineData("heads == 1)", 12, "'and', 'or' or the end was expected here, not ')'")]
    [InlineData("head_kind < 2", 2, "< compares numbers, and head_kind is none; use ==, != or in")]
    [InlineData("heads >= 'a'", 11, ">= compares numbers, and a is none")]
    [InlineData("head_kind == 'causal", 15, "this text has no closing quote")]
    [InlineData("heads == 1e", 11, "a value was expected here, not '1e'")]
    [InlineData("heads == 😀", 11, "not '😀'")]
    [InlineData("bias and", 10, "not the end")]
    public void A_wrong_expression_is_named_with_its_place(string expression, int column, string expected) =>
        AssertOneError($"{Head}skip:\n- \"{expression}\"\n", 5, column + 2, expected);

    [Fact]
    public void An_expression_that_leaves_nothing_is_refused() =>
        AssertOneError(Head + "skip: [heads > 0]\n", 4, 1, "'skip' leaves no configuration; remove one of its expressions or add values");

    [Fact]
    public void A_parameter_whose_definition_is_wrong_is_not_reported_again() =>
        AssertOneError("method: grid\nparameters: {heads: {values: [0]}}\nskip: [heads == 1]\nbaseline: {heads: 1}\nwhen: {heads: {parameter: heads, in: [1]}}\n", 2, 31, "heads is a whole number");

    [Fact]
    public void A_parameter_that_is_misspelt_is_reported_where_it_is_defined_and_not_where_it_is_named() =>
        AssertOneError("method: grid\nparameters: {haeds: {values: [1, 2]}}\nskip: [heads == 1]\nbaseline: {heads: 1}\n", 2, 14, "did you mean \"heads\"?");

    [Theory]
    [InlineData("skip: heads == 1", 4, 7, "'skip' is a list of expressions, such as skip: [\"heads == 1 and head_kind == 'causal'\"], not \"heads == 1\"")]
    [InlineData("skip: []", 4, 7, "'skip' is empty")]
    [InlineData("skip:", 4, 6, "'skip' is empty")]
    [InlineData("skip: [{heads: 1}]", 4, 8, "an expression was expected here")]
    [InlineData("skip: ['']", 4, 8, "an expression was expected here")]
    [InlineData("skip: [heads == 1 or x == 2]", 4, 22, "no parameter \"x\"")]
    [InlineData("skip: ['bias or head_kind == ''x''']", 4, 30, "not \"x\"")]
    [InlineData("skip: [\"head_kind == \\\"x\\\"\"]", 4, 23, "not \"x\"")]
    [InlineData("skip:\n- |\n  bias and\n    heads == 3", 7, 14, "heads is never 3")]
    [InlineData("skip:\n- >-\n  bias and\n  heads == 3", 7, 12, "heads is never 3")]
    [InlineData("skip:\n- \"bias and\n  heads == 3\"", 6, 12, "heads is never 3")]
    [InlineData("skip:\n- bias and\n  heads == 3 and", 6, 12, "heads is never 3")]
    [InlineData("skip:\n- bias and\n  heads == 2 and", 6, 17, "not the end")]
    public void The_place_in_an_expression_is_found_however_yaml_writes_it(string skip, int row, int column, string expected)
    {
        AssertOneError(Head + skip + "\n", row, column, expected);
        AssertOneError((Head + skip + "\n").Replace("\n", "\r\n"), row, column, expected);
    }

    [Fact]
    public void An_expression_that_is_nested_too_deep_is_an_error_and_not_a_crash()
    {
        static string File(string expression) => $"method: grid\nparameters: {{heads: {{values: [1, 2]}}}}\nskip: [\"{expression}\"]\n";
        AssertOneError(File(new string('(', 100_000) + "heads == 1"), 3, 59, "the expression is nested more than 50 levels deep");
        AssertOneError(File("heads == " + new string('[', 100_000)), 3, 67, "the expression is nested more than 50 levels deep");
        var lengthy = string.Concat(Enumerable.Repeat("not ", 100_000)) + string.Join(" or ", Enumerable.Repeat("heads == 1", 10_000));
        Assert.Equal("heads=2", SweepPlan.Of(SweepFile.Parse(File(lengthy), "a.yaml")).Configurations.Single().Label);
    }
}
