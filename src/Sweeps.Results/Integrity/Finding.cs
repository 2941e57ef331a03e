namespace Sweeps.Results.Integrity;

/// <summary>Something that is wrong with a database or with the files that it names.</summary>
/// <param name="Problem">What is wrong, without a full stop.</param>
/// <param name="Remedy">What helps, likewise.</param>
public sealed record Finding(string Problem, string Remedy);
