namespace Orleans.Serialization;

/// <summary>An argument or result cannot travel between grains.</summary>
public class SerializerException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public SerializerException() { }

    /// <summary>An exception with a message.</summary>
    public SerializerException(string message) : base(message) { }
}
