using Orleans.Runtime;

namespace Orleans;

/// <summary>What the runtime needs from a grain class.</summary>
public interface IGrainBase
{
    /// <summary>The activation that the grain object belongs to.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Called before the first request.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Called after the last request.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
