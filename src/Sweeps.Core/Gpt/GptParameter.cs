namespace Sweeps.Core.Gpt;

/// <summary>What kind of value a parameter of the trainer takes.</summary>
public enum GptParameterKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Real,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>One of a few words, or a notation of its own.</summary>
    Text,
}

/// <summary>One parameter of the built-in trainer: its name, meaning, type and range, and the option it sets.</summary>
public sealed record GptParameter
{
    /// <summary>Name in a sweep file, snake_case.</summary>
    public required string Name { get; init; }

    /// <summary>Heading that it may be written under: <c>optimizer</c> makes <c>optimizer.learning_rate</c> mean <c>learning_rate</c>.</summary>
    public required string Group { get; init; }

    /// <summary>The kind of value.</summary>
    public required GptParameterKind Kind { get; init; }

    /// <summary>The allowed values in words, such as <c>a whole number from 1 to 1000</c>.</summary>
    public required string Allowed { get; init; }

    /// <summary>One line for people.</summary>
    public required string Doc { get; init; }

    /// <summary>What it is when a sweep does not say, such as <c>4</c> or <c>learning_rate / 10</c>.</summary>
    public required string Default { get; init; }

    /// <summary>Names of the same thing in other trainers, for suggestions only.</summary>
    public IReadOnlyList<string> Synonyms { get; init; } = [];

    /// <summary>Whether a real number between two valid ones is valid too.</summary>
    public bool IsContinuous { get; init; }

    /// <summary>Null for a value of the right type and range, otherwise a sentence that says what is allowed.</summary>
    public required Func<ParameterValue, string?> Check { get; init; }

    /// <summary>The options with this parameter set to a value that <see cref="Check"/> accepts.</summary>
    public required Func<TrainingOptions, ParameterValue, TrainingOptions> Apply { get; init; }

    /// <summary>The parameter's value in the options.</summary>
    public required Func<TrainingOptions, ParameterValue> Read { get; init; }
}

/// <summary>A parameter with a value that it cannot have.</summary>
/// <param name="Parameter">Name as it was written.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record GptParameterError(string Parameter, string Message);

/// <summary>A configuration that the trainer cannot train; carries every error.</summary>
public sealed class GptParameterException(IReadOnlyList<GptParameterError> errors)
    : Exception(string.Join("; ", errors.Select(error => error.Message)))
{
    /// <summary>The errors, at least one.</summary>
    public IReadOnlyList<GptParameterError> Errors { get; } = errors;
}
