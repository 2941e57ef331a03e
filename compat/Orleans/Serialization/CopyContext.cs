namespace Orleans.Serialization;

/// <summary>The objects that were copied so far, so that two references to one object become two references to one copy.</summary>
internal sealed class CopyContext
{
    private readonly Dictionary<object, object> copies = new(ReferenceEqualityComparer.Instance);

    public bool TryGetCopy(object source, out object? copy) => copies.TryGetValue(source, out copy);

    public void Record(object source, object copy) => copies[source] = copy;
}
