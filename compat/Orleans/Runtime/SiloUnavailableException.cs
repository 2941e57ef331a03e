namespace Orleans.Runtime;

/// <summary>A call was made before the host's start or after its stop.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>An exception with a message.</summary>
    public SiloUnavailableException(string message) : base(message) { }
}
