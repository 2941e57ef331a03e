using Sweeps.Core;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>A directory that goes with the test, and assignments that keep their files in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sweeps-worker-").FullName;

    public string SpoolPath => System.IO.Path.Combine(Path, "7-2.spool");

    /// <summary>Attempt 7-2: a GPT so small that its steps take milliseconds.</summary>
    public Assignment Assignment(string headUrl, int toStep = 20) => new()
    {
        StageId = 7,
        Attempt = 2,
        SweepName = "test",
        Program = "gpt",
        Parameters = new Dictionary<string, ParameterValue>
        {
            ["data"] = ParameterValue.Of("grammar"),
            ["layers"] = ParameterValue.Of(1),
            ["attention_heads"] = ParameterValue.Of(2),
            ["width"] = ParameterValue.Of(16),
            ["context"] = ParameterValue.Of(16),
            ["batch_size"] = ParameterValue.Of(4),
            ["steps"] = ParameterValue.Of(toStep),
            ["eval_every"] = ParameterValue.Of(10),
            ["eval_batches"] = ParameterValue.Of(2),
            ["log_every"] = ParameterValue.Of(1),
            ["checkpoint_every"] = ParameterValue.Of(5),
            ["device"] = ParameterValue.Of("cpu"),
        },
        Seed = 1,
        FromStep = 0,
        ToStep = toStep,
        CheckpointDirectory = System.IO.Path.Combine(Path, "checkpoints"),
        SpoolDirectory = Path,
        HeadUrl = headUrl,
        Token = TestHead.Token,
        DataDirectory = System.IO.Path.Combine(Path, "data"),
    };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
