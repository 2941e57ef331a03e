namespace Sweeps.Core.Search.Stopping;

/// <summary>
/// Decides which configurations are not worth training further. The decision is a function of the curves alone, so that it can be asked
/// for at any time, by anyone, and again after a restart.
/// </summary>
public interface IStopper
{
    /// <summary>The running ones among the configurations, by <see cref="MeanCurve.ConfigurationIndex"/>, that should be stopped now.</summary>
    /// <param name="curves">The curves of all configurations that have begun, stopped and finished ones too.</param>
    IReadOnlyList<int> ToStop(IReadOnlyList<MeanCurve> curves);
}
