namespace TorchSharp;

/// <summary>A number that operators take beside tensors; an integer stays one, so that it does not promote an integer tensor.</summary>
public sealed class Scalar
{
    private readonly bool isInteger;
    private readonly long integer;
    private readonly double real;

    private Scalar(long value) => (isInteger, integer) = (true, value);

    private Scalar(double value) => real = value;

    public static implicit operator Scalar(int value) => new((long)value);

    public static implicit operator Scalar(long value) => new(value);

    public static implicit operator Scalar(float value) => new((double)value);

    public static implicit operator Scalar(double value) => new(value);

    internal Argument ToArgument() => isInteger ? (Argument)integer : real;
}
