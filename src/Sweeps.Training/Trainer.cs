using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;

namespace Sweeps.Training;

/// <summary>Trains one run of the built-in GPT, from fresh weights or a checkpoint.</summary>
public sealed class Trainer : IDisposable
{
    /// <summary>Loads the data set and builds the model with fresh weights, or those of <paramref name="resumeFrom"/>.</summary>
    /// <param name="options">The run.</param>
    /// <param name="dataDirectory">Where data sets are kept.</param>
    /// <param name="resumeFrom">A checkpoint's path, or null.</param>
    /// <exception cref="TrainingException">The data is missing or does not fit the options; the message is one sentence with the fix.</exception>
    public Trainer(TrainingOptions options, string dataDirectory, string? resumeFrom = null)
    {
        Options = options;
    }

    /// <summary>The run.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; private set; }

    /// <summary>
    /// Trains until <paramref name="toStep"/> or until <paramref name="stop"/> is cancelled, in both cases leaving a checkpoint there.
    /// </summary>
    /// <returns>True when <paramref name="toStep"/> was reached.</returns>
    public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint,
        CancellationToken stop) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() { }
}

/// <summary>A run that cannot be trained because of its configuration or data; the message is one sentence with the fix.</summary>
public sealed class TrainingException(string message) : Exception(message);
