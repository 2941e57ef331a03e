using System.Diagnostics;
using System.Security.Cryptography;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.Stages;
using Sweeps.Training.Checkpoints;
using Sweeps.Training.Data;
using Sweeps.Training.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>Trains one run of the built-in GPT, from fresh weights or a checkpoint.</summary>
public sealed class Trainer : IDisposable
{
    private readonly IDataSet data;
    private readonly Optimizer optimizer;
    private readonly bool resumed;
    private readonly Device device;
    private readonly double? peakTflops;
    private readonly ModelFlops flops;
    private readonly string? weightsSha256;
    private readonly int validationParts;
    private double seconds;

    /// <summary>Loads the data set and builds the model with fresh weights, or those of <paramref name="resumeFrom"/>.</summary>
    /// <param name="options">The run.</param>
    /// <param name="dataDirectory">Where data sets are kept.</param>
    /// <param name="resumeFrom">A checkpoint's path, or null.</param>
    /// <param name="gpu">Name of the GPU that it trains on, as nvidia-smi has it; null when it is not known.</param>
    /// <param name="validationParts">Parts that a batch is validated in, one after the other, where memory is short. It divides the batch size.</param>
    /// <param name="resumeSha256">SHA-256 of the checkpoint when it was written, hexadecimal; null when it is not known.</param>
    /// <exception cref="DamagedCheckpointException">The checkpoint is damaged or missing.</exception>
    /// <exception cref="TrainingException">The data is missing or does not fit the options, or a GPU is; the message is one sentence with the fix.</exception>
    public Trainer(TrainingOptions options, string dataDirectory, string? resumeFrom = null, string? gpu = null, int validationParts = 1, string? resumeSha256 = null)
    {
        Options = options;
        this.validationParts = validationParts;
        device = Devices.Of(options.Device);
        peakTflops = options.PeakTflops > 0 ? options.PeakTflops : device.type == DeviceType.CUDA ? GpuPeak.Tflops(gpu) : null;
        data = DataSets.Open(options, dataDirectory, futures: options.HeadKind is HeadKind.Shared or HeadKind.Deepseek ? 1 : options.Heads, device);
        if (options.DocumentBoundary == DocumentBoundary.Stop && !data.HasDocuments)
            throw new TrainingException($"document_boundary: stop needs data with documents, and {data.Name} has none; use cross.");
        // A draft that does not fit is found before the training.
        if (options.DecodeMethod == DecodingMethod.Draft) DraftCheckpoint.Check(options.DecodeDraft!, data, dataDirectory);
        // Drawn on the CPU and then moved: a seed has the same weights on every device.
        Model = new Gpt(options, data.Vocabulary).to(device);
        flops = new ModelFlops(options, data.Vocabulary);
        optimizer = new Optimizer(Model.named_parameters(), options);
        if (resumeFrom is null && options.InitFrom != "scratch")
        {
            InitialWeights.Load(options.InitFrom, Model, options, Untie);
            using var file = File.OpenRead(options.InitFrom);
            weightsSha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        }
        // Dropout's stream must not depend on how many weights were drawn.
        manual_seed(options.Seed);
        if (resumeFrom is null) return;
        var progress = Checkpoint.Load(resumeFrom, resumeSha256, Model, optimizer, Untie);
        (Step, seconds, resumed, weightsSha256) = (progress.Step, progress.Seconds, true, progress.Run?.WeightsSha256);
    }

    /// <summary>The run.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The model.</summary>
    public Gpt Model { get; }

    /// <summary>Whether it trains on a GPU.</summary>
    public bool IsOnGpu => device.type == DeviceType.CUDA;

    /// <summary>What it read of the run's <see cref="RunInputs"/>.</summary>
    public string Inputs => RunInputs.Of(Options).Describe(() => data.Sha256, () => weightsSha256 ?? "unknown");

    /// <summary>Optimizer steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Training tokens seen since step 0.</summary>
    public long Tokens => Options.TokensAt(Step);

    /// <summary>
    /// Trains until <paramref name="toStep"/> or until <paramref name="stop"/> is cancelled, in both cases leaving a checkpoint there.
    /// A metric point of step s is reported before the checkpoint of step s, so that whoever continues from it repeats none.
    /// </summary>
    /// <returns>True when <paramref name="toStep"/> was reached.</returns>
    public bool Run(int toStep, string checkpointDirectory, Action<MetricPoint> onPoint, Action<CheckpointNotice> onCheckpoint, CancellationToken stop)
    {
        if (Step == 0 && !resumed) ReportEvaluation();
        var (speedTokens, speedSeconds, speedFlops) = (Tokens, seconds, flops.UpTo(Step));
        while (Step < toStep && !stop.IsCancellationRequested)
        {
            var log = Options.LogEvery > 0 && Step % Options.LogEvery == 0;
            var (step, tokens, before) = (Step, Tokens, seconds);
            var started = Stopwatch.GetTimestamp();
            var (objective, nextToken, norm) = TrainStep(log);
            if (device.type == DeviceType.CUDA) cuda.synchronize(device);
            seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (log)
            {
                onPoint(new MetricPoint("train_loss", step, nextToken, tokens, before));
                if (Options.Heads > 1) onPoint(new MetricPoint("objective", step, objective, tokens, before));
                onPoint(new MetricPoint("gradient_norm", step, norm, tokens, before));
                onPoint(new MetricPoint("learning_rate", step, optimizer.LearningRate.At(step, Tokens), tokens, before));
            }
            if (Step % Options.EvalEvery == 0 || Step == Options.Steps)
            {
                ReportEvaluation();
                var speed = (Tokens - speedTokens) / (seconds - speedSeconds);
                var tflops = (flops.UpTo(Step) - speedFlops) / (seconds - speedSeconds) / 1e12;
                Report("tokens_per_second", speed);
                Report("model_tflops", tflops);
                if (peakTflops is { } peak) Report("mfu", tflops / peak);
                Report("peak_memory_mib", PeakMemory());
                (speedTokens, speedSeconds, speedFlops) = (Tokens, seconds, flops.UpTo(Step));
                if (Step == Options.Steps && Options.DecodeMethod is { } method) ReportDecoding(method);
            }
            if (Options.CheckpointEvery > 0 && Step % Options.CheckpointEvery == 0 && Step < toStep) onCheckpoint(Save(checkpointDirectory));
        }
        onCheckpoint(Save(checkpointDirectory));
        return Step >= toStep;

        void ReportEvaluation()
        {
            var (loss, accuracy) = Evaluate();
            Report("val_loss", loss);
            Report(ModelFlops.Metric, flops.UpTo(Step));
            if (accuracy is { } share) Report("val_accuracy", share);
            if (data.Beyond is { } beyond && Evaluate(beyond).Accuracy is { } beyondShare) Report("ood_accuracy", beyondShare);
        }

        void ReportDecoding(DecodingMethod method)
        {
            using var draft = method == DecodingMethod.Draft ? Checkpoint.LoadModel(Options.DecodeDraft!, device) : null;
            var options = new DecodingOptions { Draft = draft, Gamma = Options.DecodeGamma, Sampling = new SamplingOptions { Temperature = Options.DecodeTemperature } };
            var speed = DecodingBenchmark.Measure(Model, DecodingPrompts.From(data, Options.Context, count: 8), [method], options, repetitions: 3)[^1];
            Report("decode_tokens_per_second", speed.TokensPerSecond);
            Report("decode_speedup", speed.SpeedUp);
            Report("decode_accepted_per_round", speed.AcceptedPerRound);
        }

        void Report(string metric, double value) => onPoint(new MetricPoint(metric, Step, value, Tokens, seconds));
    }

    /// <summary>One optimizer step. Whoever changes its numbers raises <see cref="NumericsVersion.Current"/>; so for weights, data and validation.</summary>
    /// <param name="wantLosses">Whether the losses are read back, which on a GPU waits for the step to end.</param>
    /// <returns>The weighted loss, the next token's cross entropy (both NaN when not wanted) and the gradients' norm before clipping (0 when
    /// there is no clipping and losses are not wanted).</returns>
    public (double Objective, double NextToken, double GradientNorm) TrainStep(bool wantLosses = true)
    {
        using var scope = NewDisposeScope();
        if (Options.UntieAtStep == Step && Model.IsTied) Untie();
        Model.train();
        // The state of a GPU's generator cannot be read, so its stream is a function of seed and step and needs no place in the checkpoint.
        if (device.type == DeviceType.CUDA) manual_seed(((long)Options.Seed << 32) + Step);
        using var batch = data.Training(Step, Options.BatchSizeSchedule.At(Step, Options.Steps), Options.ContextSchedule.At(Step, Options.Steps));
        var weights = Options.LossWeights.WeightsAt(Step, Options.Steps);
        Tensor? objective = null, nextToken = null;
        using (WeightCasts.Once())
        {
            foreach (var part in batch.Split(Options.Accumulation))
            {
                using (part)
                {
                    var (loss, next) = FutureTokenLoss.Backward(Model, part, Options, weights);
                    (objective, nextToken) = objective is null ? (loss, next) : (objective + loss, nextToken! + next);
                }
            }
        }
        var norm = wantLosses || Options.GradientClip > 0 ? optimizer.GradientNorm() : 0;
        var scale = Options.GradientClip > 0 ? Math.Min(1, Options.GradientClip / (norm + 1e-6)) : 1;
        optimizer.Step(Step, Options.TokensAt(Step + 1), scale);
        Step++;
        return wantLosses ? (objective!.to(float64).item<double>(), nextToken!.to(float64).item<double>(), norm) : (double.NaN, double.NaN, norm);
    }

    /// <summary>
    /// Mean cross entropy of the next token over the validation batches, in nats, and the share of their answers that are right, null for
    /// data without answers.
    /// </summary>
    public (double Loss, double? Accuracy) Evaluate() => Evaluate(data);

    private (double Loss, double? Accuracy) Evaluate(IDataSet of)
    {
        Model.eval();
        using var casts = WeightCasts.Once();
        double sum = 0;
        long right = 0, answers = 0;
        for (var i = 0; i < Options.EvalBatches; i++)
        {
            using var scope = NewDisposeScope();
            using var batch = of.Validation(i, Options.EvalBatches);
            foreach (var part in batch.Split(validationParts))
            {
                using (part)
                {
                    var score = FutureTokenLoss.Evaluate(Model, part);
                    (sum, right, answers) = (sum + score.Loss, right + score.Right, answers + score.Answers);
                }
            }
        }
        return (sum / Options.EvalBatches, answers == 0 ? null : (double)right / answers);
    }

    /// <summary>
    /// Texts that the model writes when its run has ended, <see cref="TrainingOptions.Samples"/> of them; before that none. The same weights write the same texts; no
    /// random numbers of the training are used, and no step is changed. Running text is drawn as nanoGPT's sample.py does (temperature 0.8, the 200 likeliest
    /// tokens), the answers of a task are the likeliest ones.
    /// </summary>
    public IReadOnlyList<TextSample> Samples()
    {
        if (Step != Options.Steps || Options.Samples == 0) return [];
        var prompts = DecodingPrompts.Usual(data, Options.Context, Options.Samples);
        var sampling = prompts.Answers.Count > 0 ? new SamplingOptions { Temperature = 0 } : new SamplingOptions { Temperature = 0.8, TopK = 200 };
        var decoded = Decoder.Decode(Model, prompts.Texts, prompts.NewTokens, new DecodingOptions { Sampling = sampling });
        return [.. prompts.Texts.Select((prompt, i) => new TextSample(i, Step, TextOf(prompt), TextOf(decoded.Tokens[i].Skip(prompt.Count)), prompts.Answers.Count > i ? TextOf(prompts.Answers[i]) : null))];

        // No database has a text with the character 0.
        string TextOf(IEnumerable<long> tokens) => data.Decode(tokens).Replace('\0', '\uFFFD') is var text && text.Length > TextSample.MostCharacters ? text[..TextSample.MostCharacters] : text;
    }

    /// <summary>Writes a checkpoint of the current step.</summary>
    public CheckpointNotice Save(string directory) => Checkpoint.Save(directory, Model, optimizer, new Checkpoint.Progress(Step, seconds)
    {
        Run = new Checkpoint.Origin(Options.ToParameters(), Options.Seed, data.Name, data.Sha256, data.Vocabulary, weightsSha256),
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        Model.Dispose();
        data.Dispose();
    }

    private void Untie() => optimizer.AdamW.AddCopyOf(Model.Output, "embedding", Model.Untie());

    // Largest resident set so far, in MiB; Linux keeps it for every process.
    private static double PeakMemory()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                return double.Parse(line.AsSpan("VmHWM:".Length, line.Length - "VmHWM:".Length - " kB".Length), System.Globalization.CultureInfo.InvariantCulture) / 1024;
        }
        return double.NaN;
    }
}
