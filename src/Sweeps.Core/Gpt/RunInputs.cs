namespace Sweeps.Core.Gpt;

/// <summary>
/// The files that a run reads and that may change behind its parameters, which only name them. Downloaded data sets are checked against
/// their hash at each start, and generated ones are part of the program.
/// </summary>
/// <param name="Text">File of <c>data: file:PATH</c>, or null.</param>
/// <param name="Tokens">File or directory of <c>data: tokens:PATH</c>, or null.</param>
/// <param name="Weights">File of <c>init_from</c>, or null.</param>
public sealed record RunInputs(string? Text, string? Tokens, string? Weights)
{
    /// <summary>Those of a run.</summary>
    public static RunInputs Of(TrainingOptions options) =>
        new(After("file:", options.Data), After("tokens:", options.Data), options.InitFrom == "scratch" ? null : options.InitFrom);

    /// <summary>What was read, as it is recorded with a stage and compared; empty for a run without such files.</summary>
    /// <param name="data">Hash of the data, if it is in a file.</param>
    /// <param name="weights">Hash of the file with the weights, if there is one.</param>
    public string Describe(Func<string> data, Func<string> weights) => string.Join(' ', new[]
    {
        Text is null && Tokens is null ? null : $"data {data()}", Weights is null ? null : $"weights {weights()}",
    }.OfType<string>());

    private static string? After(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
}
