namespace Compat.Orleans;

/// <summary>A scoped service; its scope is the activation.</summary>
public sealed class ScopedThing(Signals signals) : IDisposable
{
    public void Dispose() => signals.Set("scoped thing disposed");
}
