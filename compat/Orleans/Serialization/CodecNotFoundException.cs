namespace Orleans.Serialization;

/// <summary>The type of an argument or result is neither well known nor marked with <see cref="GenerateSerializerAttribute"/>.</summary>
/// <param name="message">Which type.</param>
public sealed class CodecNotFoundException(string message) : SerializerException(message);
