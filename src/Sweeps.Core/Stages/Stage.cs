namespace Sweeps.Core.Stages;

/// <summary>Steps [FromStep, ToStep) of one run or of several that agree on them.</summary>
/// <param name="Index">Place in the tree, from 0; after its parent's.</param>
/// <param name="Parent">The stage that it continues, or null for step 0.</param>
/// <param name="Run">The run with whose parameters it is trained: the first that ends where it does, or else the first that needs it.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends, above <paramref name="FromStep"/>; 0 where only the program knows.</param>
/// <param name="StoredParent">Id of the stored stage that it continues, or null.</param>
public sealed record Stage(int Index, int? Parent, int Run, int FromStep, int ToStep, long? StoredParent = null);
