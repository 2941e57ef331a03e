namespace Orleans.Runtime;

/// <summary>Base of the runtime's exceptions.</summary>
public class OrleansException : Exception
{
    /// <summary>An exception with a message.</summary>
    public OrleansException(string message) : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public OrleansException(string message, Exception innerException) : base(message, innerException) { }
}
