namespace Orleans.Runtime;

/// <summary>The options contradict each other.</summary>
public sealed class OrleansConfigurationException : Exception
{
    /// <summary>An exception with a message.</summary>
    public OrleansConfigurationException(string message) : base(message) { }
}
