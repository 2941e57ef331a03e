using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

public sealed class UnitCubeTests
{
    [Fact]
    public void A_continuous_value_has_a_cell_without_width_at_its_uniform_number()
    {
        var axis = AxisOf(new LogUniformValuesDistribution(1e-4, 1e-2));
        Assert.Equal(0.5, axis.CellOf(ParameterValue.Of(1e-3)).Middle, 1e-12);
        Assert.Equal(0, axis.CellOf(ParameterValue.Of(1e-3)).Width, 1e-12);
        Assert.Equal(new Cell(0.3, 0.3), axis.CellAt(0.3));
    }

    [Fact]
    public void The_cells_of_whole_numbers_share_the_axis()
    {
        var axis = AxisOf(new IntUniformDistribution(1, 4));
        Assert.True(axis.IsOrdered);
        for (var value = 1; value <= 4; value++)
        {
            var cell = axis.CellOf(ParameterValue.Of((long)value));
            Assert.Equal((value - 1) / 4.0, cell.Low, 1e-12);
            Assert.Equal(value / 4.0, cell.High, 1e-12);
            Assert.Equal(cell, axis.CellAt((value - 0.5) / 4));
        }
    }

    [Fact]
    public void A_list_of_falling_numbers_is_ordered_and_any_other_list_is_not()
    {
        Assert.True(AxisOf(Numbers(8, 4, 2, 1)).IsOrdered);
        Assert.Equal(0.375, AxisOf(Numbers(8, 4, 2, 1)).CellOf(ParameterValue.Of(4L)).Middle, 1e-12);
        Assert.False(AxisOf(Numbers(8, 1, 2, 4)).IsOrdered);
        Assert.Equal(0.375, AxisOf(Numbers(8, 1, 2, 4)).CellOf(ParameterValue.Of(1L)).Middle, 1e-12);
        var mixed = AxisOf(new CategoricalDistribution([ParameterValue.Of("never"), ParameterValue.Of(0.5), ParameterValue.Of("2/3")]));
        Assert.Equal([0, 1 / 3.0, 2 / 3.0], mixed.Choices.Select(cell => cell.Low), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.All(mixed.Choices, cell => Assert.Equal(1 / 3.0, cell.Width, 1e-12));
        Assert.Equal(2, mixed.ChoiceOf(ParameterValue.Of("2/3")));
    }

    [Fact]
    public void Values_of_unequal_probability_have_cells_of_their_width_whether_or_not_they_can_be_listed()
    {
        var axis = AxisOf(new Weighted());
        Assert.False(axis.IsOrdered);
        Assert.Equal([0.5, 0.3, 0.2], axis.Choices.Select(cell => cell.Width), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(1, axis.ChoiceOf(ParameterValue.Of(2L)));
    }

    [Fact]
    public void Quantized_values_without_end_have_the_cells_of_their_probabilities()
    {
        // P(rounded = 0) = 2 Phi(0.5) - 1, P(rounded = 2) = Phi(2.5) - Phi(1.5).
        var axis = AxisOf(new RoundedNormal());
        Assert.Equal(0.38292492254802624, axis.CellOf(ParameterValue.Of(0L)).Width, 1e-9);
        Assert.Equal(0.060597535943081926, axis.CellOf(ParameterValue.Of(2L)).Width, 1e-9);
        Assert.Equal(axis.CellOf(ParameterValue.Of(2L)), axis.CellAt(0.95));
    }

    [Fact]
    public void The_middle_of_a_cell_gives_its_value_back()
    {
        foreach (var distribution in (Distribution[])[new IntUniformDistribution(-3, 7), Numbers(8, 4, 2, 1), Numbers(3, 1, 2), new RoundedNormal()])
        {
            var axis = AxisOf(distribution);
            for (var uniform = 0.01; uniform < 1; uniform += 0.01)
                Assert.Equal(axis.ValueAt(uniform), axis.ValueAt(axis.CellAt(uniform).Middle));
        }
    }

    [Fact]
    public void Parameters_that_do_not_vary_are_no_axes_and_have_their_value_at_each_point()
    {
        var cube = new UnitCube(new SearchSpace([new("steps", new ConstantDistribution(ParameterValue.Of(10L))), new("heads", Numbers(1, 2)), new("data", Numbers(5))]));
        Assert.Single(cube.Axes);
        Assert.Equal("{\"data\":5,\"heads\":2,\"steps\":10}", Configuration.Canonical(cube.PointAt([0.9])));
    }

    internal static Axis AxisOf(Distribution distribution) => new UnitCube(new SearchSpace([new("x", distribution)])).Axes.Single();

    internal static CategoricalDistribution Numbers(params long[] numbers) => new([.. numbers.Select(ParameterValue.Of)]);

    /// <summary>A standard normal number, rounded: whole numbers without end.</summary>
    internal sealed record RoundedNormal : Distribution
    {
        public override string Name => "rounded_normal";

        public override long? Count => null;

        public override ParameterValue Inverse(double uniform) =>
            ParameterValue.Of(Math.Round(MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Math.Clamp(uniform, 1e-12, 1 - 1e-12))));

        public override IEnumerable<ParameterValue> Values() => throw new InvalidOperationException();

        public override bool Contains(ParameterValue value) => value.AsLong is not null;
    }

    /// <summary>"a" half of the time, 2 and "c" more seldom; none of its values is told.</summary>
    internal sealed record Weighted : Distribution
    {
        public override string Name => "weighted";

        public override long? Count => null;

        public override ParameterValue Inverse(double uniform) => uniform < 0.5 ? ParameterValue.Of("a") : uniform < 0.8 ? ParameterValue.Of(2L) : ParameterValue.Of("c");

        public override IEnumerable<ParameterValue> Values() => throw new InvalidOperationException();

        public override bool Contains(ParameterValue value) => value.AsLong == 2 || value.AsString is "a" or "c";
    }
}
