namespace Orleans.Concurrency;

/// <summary>On a method of a grain interface: it may interleave with every other request.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
