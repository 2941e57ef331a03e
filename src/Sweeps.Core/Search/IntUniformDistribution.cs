namespace Sweeps.Core.Search;

/// <summary>A whole number from <paramref name="Min"/> to <paramref name="Max"/>, both included.</summary>
public sealed record IntUniformDistribution(long Min, long Max) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "int_uniform";

    /// <inheritdoc/>
    public override long? Count => Max - Min + 1;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) =>
        ParameterValue.Of(Math.Min(Max, Min + (long)Math.Floor(uniform * (Max - Min + 1))));

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values()
    {
        for (var value = Min; value <= Max; value++) yield return ParameterValue.Of(value);
    }

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => value.AsLong is { } number && number >= Min && number <= Max;
}
