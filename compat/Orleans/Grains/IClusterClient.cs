namespace Orleans;

/// <summary>The way into the grains from outside of them; in a process that hosts grains it is a service like <see cref="IGrainFactory"/>.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of the host.</summary>
    IServiceProvider ServiceProvider { get; }
}
