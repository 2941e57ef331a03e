namespace Orleans.Concurrency;

/// <summary>Lets the requests of a grain class interleave at their awaits; they still never run at the same instant.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
