using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>Measures one point a step and leaves a checkpoint every fifth step and at the end; what else a step does is the test's.</summary>
public sealed class ScriptedProgram(Action<ScriptedProgram>? atStep = null) : IStageProgram
{
    public int Step { get; private set; }

    public string Description => "follows its script";

    public CancellationToken Stop { get; private set; }

    public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint, CancellationToken stop)
    {
        Stop = stop;
        while (Step < toStep && !stop.IsCancellationRequested)
        {
            Step++;
            onPoint(new MetricPoint("loss", Step, Step == 3 ? double.NaN : 1.0 / Step, Step * 64, Step * 0.5));
            if (Step % 5 == 0 && Step < toStep) onCheckpoint(Checkpoint());
            atStep?.Invoke(this);
        }
        onCheckpoint(Checkpoint());
        return Step >= toStep;

        CheckpointNotice Checkpoint() => new(Step, Path.Combine(checkpointDirectory, $"{Step}"), "00", 1);
    }

    public IEnumerable<TextSample> Samples() => [new(0, Step, "Once", " upon a time \u202E<b>", null), new(1, Step, "2+2=", "5", "4")];

    public void Dispose() { }
}
