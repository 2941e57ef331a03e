namespace Sweeps.Charts.Reports;

/// <summary>A run, as a report's table shows it.</summary>
/// <param name="Configuration">Label of its configuration.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="State">For example <c>completed</c>.</param>
/// <param name="Steps">Steps that it has.</param>
/// <param name="Last">The sweep's metric, newest value, or null.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record ReportRun(string Configuration, int Seed, string State, long Steps, double? Last, string? Error);

/// <summary>The stages of a run in their order.</summary>
/// <param name="Configuration">Label of its configuration.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Stages">From step 0 to its end.</param>
public sealed record ReportPath(string Configuration, int Seed, IReadOnlyList<ReportStage> Stages);

/// <summary>A span of steps that is trained once for all runs that go through it.</summary>
/// <param name="Id">The stage.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="HasFailed">Whether it failed.</param>
/// <param name="IsEarlier">Whether another sweep trained it.</param>
public sealed record ReportStage(long Id, int FromStep, int ToStep, bool HasFailed, bool IsEarlier);
