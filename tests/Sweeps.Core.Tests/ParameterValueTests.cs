using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Sweeps.Core.Tests;

public sealed class ParameterValueTests
{
    [Fact]
    public void Equal_numbers_are_equal_however_they_were_written()
    {
        Assert.Equal(ParameterValue.Of(3), ParameterValue.Of(3.0));
        Assert.Equal(ParameterValue.Of(3).GetHashCode(), ParameterValue.Of(3.0).GetHashCode());
        Assert.Equal(ParameterValue.Of(3), JsonSerializer.Deserialize<ParameterValue>("3.0"));
        Assert.NotEqual(ParameterValue.Of(3), ParameterValue.Of("3"));
        Assert.NotEqual(ParameterValue.Of(1), ParameterValue.Of(true));
    }

    [Fact]
    public void Json_gives_back_what_was_written() => Properties.Hold(Values(), value =>
    {
        var again = JsonSerializer.Deserialize<ParameterValue>(JsonSerializer.Serialize(value, Json.Options), Json.Options)!;
        return again.Equals(value) && again.GetHashCode() == value.GetHashCode();
    });

    [Theory]
    [InlineData("null", "null")]
    [InlineData("true", "true")]
    [InlineData("1e-3", "0.001")]
    [InlineData("\"never\"", "never")]
    [InlineData("[1, 0.5, \"a\"]", "[1, 0.5, a]")]
    public void Values_print_as_people_write_them(string json, string expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<ParameterValue>(json)!.ToString());

    private static Arbitrary<ParameterValue> Values()
    {
        var scalar = Gen.OneOf(
            Gen.Constant(ParameterValue.Null), Gen.Elements(true, false).Select(ParameterValue.Of), Gen.Choose(-1000, 1000).Select(i => ParameterValue.Of(i)),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(ParameterValue.Of),
            ArbMap.Default.GeneratorFor<long>().Select(ParameterValue.Of),
            Gen.Elements("never", "2/3", "a \"quoted\" text", "[1] -> [1]", "é→").Select(ParameterValue.Of));
        return Gen.OneOf(scalar, scalar.ListOf().Select(ParameterValue.Of)).ToArbitrary();
    }
}
