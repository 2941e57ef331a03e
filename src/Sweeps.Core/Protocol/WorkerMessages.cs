using System.Text.Json.Serialization;

namespace Sweeps.Core.Protocol;

/// <summary>One value of one metric of a stage.</summary>
/// <param name="Metric">Name, for example <c>val_loss</c>.</param>
/// <param name="Step">Optimizer steps done when it was measured.</param>
/// <param name="Value">The value; losses are in nats per token. Where the training diverged it is NaN or infinite, in JSON <c>"NaN"</c>.</param>
/// <param name="Tokens">Training tokens seen since step 0 of the run.</param>
/// <param name="Seconds">Training seconds since step 0 of the run, evaluation and checkpoints not counted.</param>
public sealed record MetricPoint(
    string Metric, long Step,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value,
    long Tokens, double Seconds);

/// <summary>Body of <c>POST /api/attempts/{id}/points</c>. Sending a batch again changes nothing.</summary>
/// <param name="Points">Points in the order in which they were measured.</param>
public sealed record PointBatch(IReadOnlyList<MetricPoint> Points);

/// <summary>Body of <c>POST /api/attempts/{id}/checkpoint</c>: a checkpoint that is complete on disk.</summary>
/// <param name="Step">Optimizer steps it contains.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">Hash of its content, hexadecimal.</param>
/// <param name="Bytes">Size.</param>
public sealed record CheckpointNotice(long Step, string Path, string Sha256, long Bytes)
{
    /// <summary><see cref="Gpt.TrainingDevice"/> that wrote it, or null where that does not matter.</summary>
    public string? Device { get; init; }

    /// <summary>What was read of the run's <see cref="Gpt.RunInputs"/>, or null where that does not matter.</summary>
    public string? Inputs { get; init; }
}

/// <summary>Body of <c>POST /api/attempts/{id}/samples</c>: a text that the model of a run wrote at its end. Sending it again changes nothing.</summary>
/// <param name="Number">Its place among the run's samples, from 0.</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Prompt">What it was to continue.</param>
/// <param name="Text">What it wrote.</param>
/// <param name="Expected">The right continuation, of tasks that have one; otherwise null.</param>
public sealed record TextSample(int Number, long Step, string Prompt, string Text, string? Expected)
{
    /// <summary>The most samples of a stage.</summary>
    public const int Most = 20;

    /// <summary>The most characters of each of the texts; what is longer is cut off.</summary>
    public const int MostCharacters = 10_000;

    /// <summary>Why it cannot be stored, in a sentence; null when it can.</summary>
    public string? Problem =>
        Number is < 0 or >= Most ? $"'number' is a whole number from 0 to {Most - 1}, not {Number}."
        : Step < 0 ? $"'step' is not negative, not {Step}."
        : Prompt is null || Text is null ? "'prompt' and 'text' are texts; one is missing."
        : new[] { Prompt, Text, Expected }.Any(text => text?.Contains('\0') == true) ? "'prompt', 'text' and 'expected' do not have the character 0, which not every database can store."
        : new[] { Prompt, Text, Expected }.Any(text => text?.Length > MostCharacters) ? $"'prompt', 'text' and 'expected' have at most {MostCharacters} characters each."
        : null;
}

/// <summary>How an attempt ended.</summary>
public enum AttemptOutcome
{
    /// <summary>It reached the stage's last step.</summary>
    Completed,

    /// <summary>It was asked to stop, wrote a checkpoint and ended.</summary>
    Stopped,

    /// <summary>The configuration or the data cannot be trained; trying again does not help.</summary>
    UserError,

    /// <summary>Memory ran out.</summary>
    OutOfMemory,

    /// <summary>The process or its machine vanished (killed, crashed, lease expired).</summary>
    Lost,

    /// <summary>The checkpoint that it was to begin with is damaged or missing.</summary>
    DamagedCheckpoint,
}

/// <summary>Body of <c>POST /api/attempts/{id}/finish</c>; sent after all points and checkpoints are acknowledged.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Error">One sentence, and the exception where there was one; null when all went well.</param>
public sealed record AttemptFinish(AttemptOutcome Outcome, long Step, string? Error = null);

/// <summary>Answer to points and checkpoints. A fenced attempt gets status 409 instead and must end itself.</summary>
/// <param name="Continue">False asks the worker to write a checkpoint and stop.</param>
public sealed record AttemptReply(bool Continue);

/// <summary>Answer to a part of a worker's log.</summary>
/// <param name="Bytes">How much of the log the head has now.</param>
public sealed record LogReceipt(long Bytes);

/// <summary>Exit codes of the worker process, so that an agent knows the outcome even when the head was not reached.</summary>
public static class WorkerExitCode
{
    /// <summary>The stage is complete.</summary>
    public const int Completed = 0;

    /// <summary>Stopped on request (SIGTERM, SIGINT or the head) after a checkpoint.</summary>
    public const int Stopped = 10;

    /// <summary>A newer attempt exists (409).</summary>
    public const int Fenced = 11;

    /// <summary>The user's configuration or data is at fault.</summary>
    public const int UserError = 12;

    /// <summary>Memory ran out.</summary>
    public const int OutOfMemory = 13;

    /// <summary>The head refused the attempt or was away for too long; what it has not acknowledged is in the spool.</summary>
    public const int HeadUnreachable = 14;

    /// <summary>The user's program was ended by somebody's signal; what it had reported is with the head.</summary>
    public const int ProgramKilled = 15;

    /// <summary>The checkpoint to begin with is damaged or missing.</summary>
    public const int DamagedCheckpoint = 16;
}
