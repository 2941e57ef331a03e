namespace Compat.Orleans.Grains;

/// <summary>Calls itself through another grain.</summary>
public interface ICallerGrain : IGrainWithStringKey
{
    Task<string> CallVia(string otherKey);

    Task<string> CallBack(ICallerGrain caller);

    Task<string> Name();
}
