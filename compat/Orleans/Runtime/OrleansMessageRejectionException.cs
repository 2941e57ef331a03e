namespace Orleans.Runtime;

/// <summary>A call was refused.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message) { }
}
