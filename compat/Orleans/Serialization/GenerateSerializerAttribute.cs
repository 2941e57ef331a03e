namespace Orleans;

/// <summary>
/// On a type that may be an argument or result of grain calls. The members with an <see cref="IdAttribute"/> travel, and of a
/// record those of its primary constructor.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
