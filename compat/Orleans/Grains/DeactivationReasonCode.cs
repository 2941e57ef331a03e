namespace Orleans;

/// <summary>Kinds of reasons for which an activation ends; only those that one process can have come from this runtime.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>None given.</summary>
    None,

    /// <summary>The process ends.</summary>
    ShuttingDown,

    /// <summary>The constructor or <see cref="Grain.OnActivateAsync"/> threw.</summary>
    ActivationFailed,

    /// <summary>The directory of activations failed.</summary>
    DirectoryFailure,

    /// <summary>No request came for the collection age.</summary>
    ActivationIdle,

    /// <summary>It did not respond.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation of the same grain exists.</summary>
    DuplicateActivation,

    /// <summary>A request of another interface version came.</summary>
    IncompatibleRequest,

    /// <summary>The application failed.</summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>It moves to another silo.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>Memory is short.</summary>
    HighMemoryPressure,
}
