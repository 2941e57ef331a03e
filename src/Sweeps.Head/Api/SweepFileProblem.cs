namespace Sweeps.Head.Api;

/// <summary>The problem details of a sweep file with errors.</summary>
/// <param name="Type">A link to what the status means.</param>
/// <param name="Title">What the status means.</param>
/// <param name="Status">400.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="Errors">All errors, as compilers print them: <c>file.yaml:7:3: message</c>.</param>
public sealed record SweepFileProblem(string Type, string Title, int Status, string Detail, IReadOnlyList<string>? Errors);
