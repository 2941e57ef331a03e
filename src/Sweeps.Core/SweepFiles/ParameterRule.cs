using Sweeps.Core.Gpt;

namespace Sweeps.Core.SweepFiles;

/// <summary>What the values of a parameter may be.</summary>
/// <param name="Name">The name that tells it from the others, however a sweep file writes it.</param>
/// <param name="Allowed">The values in words.</param>
/// <param name="IsContinuous">Whether a real number between two valid ones is valid too.</param>
/// <param name="IsWhole">Whether whole numbers are valid.</param>
/// <param name="IsBoolean">Whether true and false are valid.</param>
/// <param name="Check">Null for a valid value, otherwise a sentence that says what is allowed.</param>
internal sealed record ParameterRule(string Name, string Allowed, bool IsContinuous, bool IsWhole, bool IsBoolean, Func<ParameterValue, string?> Check)
{
    /// <summary>A parameter of the built-in trainer.</summary>
    public static ParameterRule Of(GptParameter parameter) => new(
        parameter.Name, parameter.Allowed, parameter.IsContinuous, parameter.Kind == GptParameterKind.Integer, parameter.Kind == GptParameterKind.Boolean, parameter.Check);

    /// <summary>A parameter of any other program, which alone knows what it may be, as long as it can be told.</summary>
    public static ParameterRule Free(string name) => new(name, "any value", IsContinuous: true, IsWhole: true, IsBoolean: true,
        value => IsFinite(value) ? null : $"{name} is {value}, which is no number that JSON has; write a text in quotes, or leave it out");

    private static bool IsFinite(ParameterValue value) => value.AsDouble is { } number ? double.IsFinite(number)
        : value.AsList?.All(IsFinite) ?? value.AsMap?.Values.All(IsFinite) ?? true;
}
