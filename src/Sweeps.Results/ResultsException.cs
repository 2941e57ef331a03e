namespace Sweeps.Results;

/// <summary>Why the results database could not do what was asked.</summary>
public enum ResultsFailure
{
    /// <summary>The request contradicts what is stored.</summary>
    Refused,

    /// <summary>The request goes on from stages that have changed since it was made; made anew it may be carried out.</summary>
    Outdated,

    /// <summary>Another process has the database.</summary>
    InUse,

    /// <summary>The file was written by a newer version of the program.</summary>
    NewerSchema,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The file or its directory cannot be written or read.</summary>
    Inaccessible,

    /// <summary>The file is damaged or is no results database.</summary>
    Corrupt,
}

/// <summary>The results database could not do what was asked; the message is one sentence that says why and what helps.</summary>
public sealed class ResultsException(ResultsFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public ResultsFailure Failure { get; } = failure;

    /// <summary>True when the file itself cannot be used, so that every later write would fail too.</summary>
    public bool IsStorageFailure => Failure is ResultsFailure.DiskFull or ResultsFailure.Inaccessible or ResultsFailure.Corrupt;
}
