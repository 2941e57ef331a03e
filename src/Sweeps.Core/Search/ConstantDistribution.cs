namespace Sweeps.Core.Search;

/// <summary>Always the same value.</summary>
public sealed record ConstantDistribution(ParameterValue Value) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override long? Count => 1;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => Value;

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values() => [Value];

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => Value.Equals(value);
}
