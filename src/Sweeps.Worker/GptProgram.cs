using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training;
using TorchSharp;

namespace Sweeps.Worker;

/// <summary>The built-in trainer, program <c>gpt</c>.</summary>
public sealed class GptProgram : IStageProgram
{
    private const string Name = "gpt";
    private readonly Trainer trainer;
    private readonly int toStep;
    private readonly int attempt;
    private readonly string device;

    private GptProgram(Trainer trainer, Assignment assignment, string device) =>
        (this.trainer, toStep, attempt, this.device) = (trainer, assignment.ToStep, assignment.Attempt, device);

    /// <inheritdoc/>
    public int Step => trainer.Step;

    /// <inheritdoc/>
    public string Description => $"trains steps {trainer.Step} to {toStep}" + (trainer.Options.Accumulation > 1 ? $" with accumulation {trainer.Options.Accumulation}" : "");

    /// <summary>
    /// Loads libtorch, the longest part of the start by far (the distribution's has some 280 libraries behind it). Whether it can be
    /// loaded shows when it is used.
    /// </summary>
    public static void Preload()
    {
        try
        {
            torch.get_num_threads();
        }
        catch (Exception)
        {
            // The training meets the same exception and reports it.
        }
    }

    /// <summary>Loads data and weights.</summary>
    /// <exception cref="AssignmentException">The assignment is for something else, or its checkpoint does not fit its steps.</exception>
    /// <exception cref="GptParameterException">The parameters cannot be trained.</exception>
    /// <exception cref="TrainingException">The data or the checkpoint cannot be used.</exception>
    public static GptProgram Start(Assignment assignment)
    {
        if (assignment.Program != Name)
            throw new AssignmentException($"program {assignment.Program} is not known to this worker: it knows {Name}.");
        if (assignment.ResumeFrom is null && assignment.FromStep > 0)
            throw new AssignmentException($"the stage begins at step {assignment.FromStep}, but there is no checkpoint to continue from.");
        var planned = TrainingOptions.FromParameters(assignment.Parameters, assignment.Seed);
        var options = planned.InSmallerParts(assignment.MemoryFailures);
        var isSmaller = options.Accumulation != planned.Accumulation;
        torch.set_num_threads(assignment.Threads);
        var trainer = new Trainer(options, assignment.DataDirectory, assignment.ResumeFrom, assignment.Gpu,
            validationParts: isSmaller ? options.Accumulation : 1, resumeSha256: assignment.ResumeSha256);
        if (trainer.Step >= assignment.FromStep && trainer.Step <= assignment.ToStep)
        {
            var device = trainer.IsOnGpu ? TrainingDevice.Gpu(assignment.Gpu ?? "") : TrainingDevice.Cpu(assignment.Processor, assignment.Threads);
            return new GptProgram(trainer, assignment, isSmaller ? TrainingDevice.InSmallerParts(device, options.Accumulation) : device);
        }
        var step = trainer.Step;
        trainer.Dispose();
        throw new AssignmentException(
            $"checkpoint {assignment.ResumeFrom} is at step {step}, outside of the stage's steps {assignment.FromStep} to {assignment.ToStep}.");
    }

    /// <inheritdoc/>
    /// <remarks>Each attempt has a directory of its own: one that is fenced and does not know it yet must not replace a file of the next one.</remarks>
    public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint,
        CancellationToken stop) =>
        trainer.Run(toStep, Path.Combine(checkpointDirectory, $"{attempt}"), onPoint, notice => onCheckpoint(notice with { Device = device, Inputs = trainer.Inputs }), stop);

    /// <inheritdoc/>
    public IEnumerable<TextSample> Samples() => trainer.Samples();

    /// <inheritdoc/>
    public void Dispose() => trainer.Dispose();
}
