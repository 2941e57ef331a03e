namespace Compat.Orleans.Grains;

/// <summary>Logs its activations to the signals. The key "broken" fails to activate until the signal "repaired".</summary>
public interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>Which activation of this process this is: 1 for the first.</summary>
    Task<int> Activation();

    /// <summary>Asks for deactivation and goes on until the signal "leave may end".</summary>
    Task Leave();

    Task Delay(TimeSpan time);
}
