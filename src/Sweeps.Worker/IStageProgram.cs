using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>What trains the steps of a stage.</summary>
public interface IStageProgram : IDisposable
{
    /// <summary>Optimizer steps done.</summary>
    int Step { get; }

    /// <summary>What it is about to do, for the log: <c>trains steps 0 to 100</c>.</summary>
    string Description { get; }

    /// <summary>Trains until <paramref name="toStep"/> or until <paramref name="stop"/>, in both cases leaving a checkpoint there.</summary>
    /// <returns>True when <paramref name="toStep"/> was reached.</returns>
    bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint, CancellationToken stop);

    /// <summary>Texts that what was trained writes, once the steps are done; none of what writes none, or has not come to the end of its run.</summary>
    IEnumerable<TextSample> Samples() => [];
}
