using Sweeps.Core.Schedules;

namespace Sweeps.Core.Gpt;

/// <summary>How the extra heads of a multi-token model are built (Gloeckle et al. 2024, and modded-nanogpt's PR 178).</summary>
public enum HeadKind
{
    /// <summary>No new parameters: one row of logits serves every offset.</summary>
    Shared,

    /// <summary>Head i is one transformer layer on the trunk's output, then the common norm and unembedding.</summary>
    Parallel,

    /// <summary>As <see cref="Parallel"/>, but head i stands on head i-1's output.</summary>
    Causal,

    /// <summary>As <see cref="Parallel"/>, but head i stands on head i+1's output: the next token's head is the deepest.</summary>
    Anticausal,

    /// <summary>Head i is one linear map of the trunk's output, then the common norm and unembedding.</summary>
    Linear,

    /// <summary>Head i is an unembedding of its own on the trunk's output; the first is the base model's.</summary>
    Replicated,

    /// <summary>Sequential modules of DeepSeek-V3 (2024, section 2.2): module k sees module k-1's output and the embedding of the token k ahead.</summary>
    Deepseek,
}

/// <summary>What the loss does with targets that lie behind the end of a document.</summary>
public enum DocumentBoundary
{
    /// <summary>Nothing: offsets look across it.</summary>
    Cross,

    /// <summary>They do not count.</summary>
    Stop,
}

/// <summary>Where weight decay applies (modded-nanogpt: p -= lr^2 * wd * mask * p).</summary>
public enum CautiousDecay
{
    /// <summary>Everywhere, as p -= lr * wd * p (AdamW).</summary>
    Off,

    /// <summary>Where update * p &gt;= 0.</summary>
    NotAgainst,

    /// <summary>Where update * p &gt; 0.</summary>
    Along,
}

/// <summary>How the model knows where a token stands.</summary>
public enum PositionKind
{
    /// <summary>A learned vector for each position is added to the embedding.</summary>
    Learned,

    /// <summary>Queries and keys are turned by angles that grow with the position (RoPE: Su et al. 2021), so that scores depend on distances.</summary>
    Rotary,
}

/// <summary>What stands before attention, the MLP and the output head.</summary>
public enum NormKind
{
    /// <summary>LayerNorm with a gain (Ba et al. 2016), eps 1e-5.</summary>
    Layernorm,

    /// <summary>x / rms(x) without a gain (Zhang and Sennrich 2019), eps 1e-6.</summary>
    Rmsnorm,
}

/// <summary>The MLP's nonlinearity.</summary>
public enum Activation
{
    /// <summary>GELU, exact (erf).</summary>
    Gelu,

    /// <summary>max(0, x)^2 (Primer: So et al. 2021).</summary>
    ReluSquared,
}

/// <summary>Learned factors on attention's weights after the softmax (minGPT-tuned).</summary>
public enum TimeWeighting
{
    /// <summary>None.</summary>
    Off,

    /// <summary>A factor for each head and pair of positions, (H, T, T).</summary>
    Full,

    /// <summary>A factor for each head and distance, times one for each head and position attended to: (H, T) and (H, 1, T).</summary>
    Circulant,
}

/// <summary>Numbers that the products of a forward and backward pass are computed in.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Fp32,

    /// <summary>
    /// bfloat16, the rest of the model and the optimizer in 32 bits. Fast on processors with AVX-512 or AMX for bfloat16, correct but slow
    /// on others.
    /// </summary>
    Bf16,
}

/// <summary>What the weights are trained with.</summary>
public enum OptimizerKind
{
    /// <summary>AdamW for all of them (Loshchilov and Hutter 2019).</summary>
    Adamw,

    /// <summary>Muon for the matrices of the layers (Jordan et al. 2024), AdamW for the rest: embedding, output head, positions, vectors.</summary>
    Muon,
}

/// <summary>How gradients of several heads are computed.</summary>
public enum BackwardMode
{
    /// <summary>Head after head, so that the logits of one head at a time are alive.</summary>
    Sequential,

    /// <summary>One graph of all heads; the reference that <see cref="Sequential"/> is checked against.</summary>
    Naive,
}

/// <summary>
/// One run of the built-in trainer, every value filled in. Defaults are nanoGPT's CPU configuration
/// (<c>config/train_shakespeare_char.py</c> with the overrides of its README).
/// </summary>
public sealed partial record TrainingOptions
{
    /// <summary>The family whose defaults the model's options have: <c>nanogpt</c>, <c>modern</c> or <c>mingpt</c>.</summary>
    public string Preset { get; init; } = "nanogpt";

    /// <summary>Transformer layers L, heads' own layers not counted.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Attention heads H; must divide <see cref="Width"/>.</summary>
    public int AttentionHeads { get; init; } = 4;

    /// <summary>Channels C.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Tokens of context T, the largest of <see cref="ContextSchedule"/>: what the model is built for and validated with.</summary>
    public int Context
    {
        get => ContextSchedule.Largest;
        init => ContextSchedule = WholeSchedule.Constant(value);
    }

    /// <summary>Tokens of context that training uses over the steps.</summary>
    public WholeSchedule ContextSchedule { get; init; } = WholeSchedule.Constant(64);

    /// <summary>Dropout probability in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Whether linear layers and layer norms have a bias.</summary>
    public bool Bias { get; init; }

    /// <summary>How the model knows where a token stands.</summary>
    public PositionKind Position { get; init; } = PositionKind.Learned;

    /// <summary>What stands before attention, the MLP and the output head.</summary>
    public NormKind Norm { get; init; } = NormKind.Layernorm;

    /// <summary>Whether queries and keys of each attention head are divided by their root mean square (Henry et al. 2020, as in modded-nanogpt).</summary>
    public bool QkNorm { get; init; }

    /// <summary>The MLP's nonlinearity.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Whether the residual projections begin at zero, and with them an output head that is not the embedding.</summary>
    public bool ZeroInitProjections { get; init; }

    /// <summary>a in the soft-cap a * sigmoid(z / b) of the logits z, which keeps them between 0 and a; 0 for none.</summary>
    public double LogitSoftcap { get; init; }

    /// <summary>b in the soft-cap a * sigmoid(z / b); with a / 4 small logits keep their differences.</summary>
    public double LogitSoftcapScale { get; init; }

    /// <summary>Whether the output head begins as the embedding; false gives each weights of its own from the start.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>Learned factors on attention's weights after the softmax.</summary>
    public TimeWeighting TimeWeighting { get; init; } = TimeWeighting.Off;

    /// <summary>Whether attention sees the first half of its input's channels one position late (minGPT-tuned).</summary>
    public bool TimeMixing { get; init; }

    /// <summary>Future tokens to predict, n; 1 is the ordinary language model.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>How the heads are built.</summary>
    public HeadKind HeadKind { get; init; } = HeadKind.Shared;

    /// <summary>Whether the trunk gives a layer for every head beyond the first, so that n heads have as many parameters as one.</summary>
    public bool MatchParameters { get; init; }

    /// <summary>Whether all modules of <see cref="HeadKind.Deepseek"/> share their weights.</summary>
    public bool SharedModule { get; init; }

    /// <summary>Weight of each offset's loss over the steps; offsets beyond <see cref="Heads"/> are ignored, missing ones weigh 0.</summary>
    public LossWeightSchedule LossWeights { get; init; } = LossWeightSchedule.Parse("[1]");

    /// <summary>Whether weights are divided by their sum.</summary>
    public bool NormalizeWeights { get; init; }

    /// <summary>Whether targets may lie in the next document.</summary>
    public DocumentBoundary DocumentBoundary { get; init; } = DocumentBoundary.Cross;

    /// <summary>How the gradients of several heads are computed.</summary>
    public BackwardMode Backward { get; init; } = BackwardMode.Sequential;

    /// <summary>Numbers that products are computed in. Weights are kept in 32 bits with either.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Step from which on the embedding, until then the output head, has a table of its own; null for never, and where the two are not <see cref="Tied"/>.</summary>
    public int? UntieAtStep { get; init; }

    /// <summary>
    /// <c>scratch</c> for fresh weights, or the path of a safetensors file whose weights the run begins with: a checkpoint, or one with the
    /// names of nanoGPT or GPT-2.
    /// </summary>
    public string InitFrom { get; init; } = "scratch";

    /// <summary>
    /// <c>tinyshakespeare</c>, <c>grammar</c>, <c>file:PATH</c>, <c>enwik8</c>, <c>tokens:PATH</c>, <c>addition</c>, <c>polynomial</c> or
    /// <c>induction</c>.
    /// </summary>
    public string Data { get; init; } = "tinyshakespeare";

    /// <summary>Number of different tokens in the files of <c>tokens:PATH</c>, which do not tell; GPT-2's 50257 rounded up, as in nanoGPT.</summary>
    public int Vocabulary { get; init; } = 50_304;

    /// <summary>What the number of different tokens of the data is rounded up to a multiple of; the model never sees the tokens beyond.</summary>
    public int PadVocabularyToMultipleOf { get; init; } = 1;

    /// <summary>Digits of each number of <c>addition</c>.</summary>
    public int Digits { get; init; } = 2;

    /// <summary>Whether <c>addition</c> writes the sum from its last digit to its first, the order in which it is computed.</summary>
    public bool Reversed { get; init; }

    /// <summary>Most operations of an expression of <c>polynomial</c>.</summary>
    public int Operations { get; init; } = 5;

    /// <summary>
    /// Most operations of the expressions beyond those of training that <c>polynomial</c> is tested on as well, from <see cref="Operations"/>
    /// + 1 on; 0 for no such test.
    /// </summary>
    public int OodOperations { get; init; }

    /// <summary>Sequences a step, B, the largest of <see cref="BatchSizeSchedule"/>: what it is validated with.</summary>
    public int BatchSize
    {
        get => BatchSizeSchedule.Largest;
        init => BatchSizeSchedule = WholeSchedule.Constant(value);
    }

    /// <summary>Sequences a step over the steps.</summary>
    public WholeSchedule BatchSizeSchedule { get; init; } = WholeSchedule.Constant(12);

    /// <summary>Parts that a batch is computed in, one after the other: the same step with less memory. It divides the batch size.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>
    /// Optimizer steps of the whole run. What changes with the share of the steps that are done is a piece of
    /// <see cref="Stages.RunTimeline"/>: nothing else may depend on them.
    /// </summary>
    public int Steps { get; init; } = 2000;

    /// <summary>What the weights are trained with.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adamw;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The learning rate's way from its peak to its floor.</summary>
    public LearningRateShape LearningRateSchedule { get; init; } = LearningRateShape.Cosine;

    /// <summary>Learning rate after the decay.</summary>
    public double MinLearningRate { get; init; } = 1e-4;

    /// <summary>Steps of linear warm-up; not of <see cref="LearningRateShape.Mingpt"/>.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>Training tokens of linear warm-up, of <see cref="LearningRateShape.Mingpt"/> alone; minGPT's own for its characters.</summary>
    public int WarmupTokens { get; init; } = 10_240;

    /// <summary>Step at which <see cref="MinLearningRate"/> is reached.</summary>
    public int DecaySteps { get; init; } = 2000;

    /// <summary>
    /// Steps whose gradients AdamW adds up before it acts: it does at each last one of them, with the learning rate of that step. Muon acts
    /// at every step whatever this is (modded-nanogpt's PR 136 has 2).
    /// </summary>
    public int AdamEvery { get; init; } = 1;

    /// <summary>AdamW's first-moment decay.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's second-moment decay.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Peak learning rate of Muon's matrices, which runs as that of the others does.</summary>
    public double MuonLearningRate { get; init; } = 0.02;

    /// <summary>Share of the momentum that Muon keeps from step to step, in [0, 1).</summary>
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay of tensors with two or more dimensions, time weights excepted, in proportion to the learning rate of each.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Whether decay is left out where it works against the update.</summary>
    public CautiousDecay CautiousDecay { get; init; } = CautiousDecay.Off;

    /// <summary>Largest global norm of a step's gradient, also where <see cref="AdamEvery"/> adds several up; 0 for no clipping.</summary>
    public double GradientClip { get; init; } = 1.0;

    /// <summary>Steps between validations; the last step is always validated.</summary>
    public int EvalEvery { get; init; } = 250;

    /// <summary>Batches of a validation, evenly spaced over the validation text and the same for every run.</summary>
    public int EvalBatches { get; init; } = 20;

    /// <summary>Steps between training-loss points.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps between intermediate checkpoints; 0 for one at the end only.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>
    /// The method whose decoding is measured at the end of the run, beside <see cref="DecodingMethod.Base"/>, on validation texts; null for
    /// none. Runs that differ in it alone share all steps but the last.
    /// </summary>
    public DecodingMethod? DecodeMethod { get; init; }

    /// <summary>Checkpoint of the smaller model of the same symbols that drafts for <see cref="DecodingMethod.Draft"/>; null for none. A file that changes under its name is not noticed.</summary>
    public string? DecodeDraft { get; init; }

    /// <summary>Most tokens that <see cref="DecodingMethod.Draft"/> and <see cref="DecodingMethod.EarlyExit"/> draft in a round, gamma.</summary>
    public int DecodeGamma { get; init; } = 5;

    /// <summary>Temperature of the measured decoding; 0 is greedy.</summary>
    public double DecodeTemperature { get; init; }

    /// <summary>
    /// Texts that the model writes at the end of the run, for whoever looks at it: no number depends on them, and runs that differ in nothing else are the same.
    /// </summary>
    public int Samples { get; init; } = 2;

    /// <summary><c>auto</c> for a GPU where there is one, <c>cpu</c>, <c>cuda</c>, or <c>cuda:N</c> for one of several.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>What the device can do at most, in 10^12 floating-point operations a second, to judge the speed by; 0 for what is known of the GPU.</summary>
    public double PeakTflops { get; init; }

    /// <summary>Seed of the initial weights, the data order and dropout.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>AdamW's learning rate over the steps.</summary>
    public LearningRateSchedule LearningRates => new(LearningRate, MinLearningRate, WarmupSteps, DecaySteps, LearningRateSchedule)
    {
        WarmupTokens = WarmupTokens, DecayTokens = TokensAt(DecaySteps),
    };

    /// <summary>Muon's learning rate over the steps.</summary>
    public LearningRateSchedule MuonLearningRates => LearningRates.WithPeak(MuonLearningRate);

    /// <summary>
    /// The same run with its batches in smaller parts, for when memory ran out: as many <paramref name="times"/> <see cref="Accumulation"/> doubled,
    /// or made the next larger number that divides every batch size, as far as there is one. Its numbers differ by rounding, and by dropout's masks.
    /// </summary>
    public TrainingOptions InSmallerParts(int times)
    {
        var parts = Accumulation;
        for (var i = 0; i < times; i++)
        {
            var next = 2 * parts;
            while (next <= BatchSizeSchedule.Smallest && BatchSizeSchedule.Phases.Any(phase => phase.Value % next != 0)) next++;
            if (next > BatchSizeSchedule.Smallest) break;
            parts = next;
        }
        return this with { Accumulation = parts };
    }

    /// <summary>Training tokens seen when <paramref name="step"/> steps are done: the sum of batch size times context over them.</summary>
    public long TokensAt(long step)
    {
        if (BatchSizeSchedule.IsConstant && ContextSchedule.IsConstant) return step * BatchSize * Context;
        var (batch, context) = (BatchSizeSchedule.Pieces(Steps), ContextSchedule.Pieces(Steps));
        var starts = batch.Concat(context).Select(piece => piece.FirstStep).Where(start => start < step).Distinct().Order().ToArray();
        return starts.Zip(starts.Skip(1).Append(step), (start, end) =>
            (end - start) * BatchSizeSchedule.At(start, Steps) * ContextSchedule.At(start, Steps)).Sum();
    }
}
