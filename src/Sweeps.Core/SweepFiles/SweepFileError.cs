namespace Sweeps.Core.SweepFiles;

/// <summary>One thing that is wrong in a sweep file.</summary>
/// <param name="File">The file's name as it was given.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Text">The offending text; empty when something is missing.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record SweepFileError(string File, int Line, int Column, string Text, string Message)
{
    /// <summary><c>file.yaml:7:3: message</c>, as compilers print it.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>A sweep file with errors; carries all of them. The message has one line for each.</summary>
public sealed class SweepFileException(IReadOnlyList<SweepFileError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>The errors by line and column, at least one.</summary>
    public IReadOnlyList<SweepFileError> Errors { get; } = errors;
}
