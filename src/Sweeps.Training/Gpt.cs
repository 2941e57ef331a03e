using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sweeps.Training;

/// <summary>
/// A GPT with one or several future-token heads. The trunk and the plain head are by default nanoGPT's (Karpathy 2022, model.py):
/// learned positions, pre-norm, erf GELU, output head tied to the embedding; <see cref="TrainingOptions.OfPreset"/> tells the other families.
/// The heads are those of Gloeckle et al. 2024 (section 2 and appendix B) and of DeepSeek-V3 (2024, section 2.2); norm and unembedding are
/// common to all.
/// Symbols: B batch, T context, C width, H attention heads, D = C/H, V vocabulary, n future tokens.
/// </summary>
public sealed class Gpt : Module<Tensor, Tensor>
{
    private readonly TrainingOptions options;
    private readonly Parameter output;             // (V, C), the unembedding and, while tied, the embedding
    private readonly Parameter? positions;         // (T, C), null where they are rotary
    private readonly ModuleList<Block> trunk;
    private readonly ModuleList<Block> heads;      // parallel, causal, anticausal: n layers, the first of them the base model's last
    private readonly ModuleList<Linear> maps;      // linear: n maps
    private readonly ModuleList<FutureModule> modules;      // deepseek: n - 1 modules, or one for all
    private readonly Module<Tensor, Tensor> norm;
    private Parameter? embedding;                  // (V, C), null while tied

    /// <summary>Builds the model with fresh weights, which depend on <see cref="TrainingOptions.Seed"/> alone: the layers that two
    /// configurations share start equal, however many heads follow.</summary>
    public Gpt(TrainingOptions options, int vocabulary) : base(nameof(Gpt))
    {
        this.options = options;
        Vocabulary = vocabulary;
        manual_seed(options.Seed);

        var (n, kind) = (options.Heads, options.HeadKind);
        var headLayers = kind is HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal ? n : 0;
        var own = options.ZeroInitProjections ? 0 : 0.02;       // deviation of an output head that is no embedding
        output = Normal(vocabulary, options.Width, options.Tied ? 0.02 : own);
        positions = options.Position == PositionKind.Learned ? Normal(options.Context, options.Width, 0.02) : null;
        embedding = options.Tied ? null : Normal(vocabulary, options.Width, 0.02);
        var extraLayers = options.MatchParameters ? 0 : Math.Max(0, headLayers - 1);
        var layers = Enumerable.Range(0, options.Layers + extraLayers).Select(_ => new Block(options)).ToArray();
        trunk = new ModuleList<Block>(layers[..^headLayers]);
        heads = new ModuleList<Block>(layers[^headLayers..]);
        norm = Block.Norm(options);
        maps = new ModuleList<Linear>(Several(kind == HeadKind.Linear ? n : 0, () => Block.Linear(options, options.Width, options.Width)));
        modules = new ModuleList<FutureModule>(Several(kind != HeadKind.Deepseek ? 0 : options.SharedModule ? Math.Min(1, n - 1) : n - 1, () => new FutureModule(options)));
        RegisterComponents();
        // replicated: n - 1 tables (V, C) beside the output's
        for (var k = 1; kind == HeadKind.Replicated && k < n; k++) register_parameter($"unembedding{k}", Normal(vocabulary, options.Width, own));
    }

    /// <summary>Symbols V.</summary>
    public int Vocabulary { get; }

    /// <summary>Whether the embedding is still the output head's own table.</summary>
    public bool IsTied => embedding is null;

    /// <summary>The output head's table, (V, C).</summary>
    public Parameter Output => output;

    /// <summary>The embedding's table, (V, C); the output head's while tied.</summary>
    public Parameter Embedding => embedding ?? output;

    /// <summary>
    /// Whether weight decay may apply to the parameter of that name. Time weights stay without: they rest at 1, and minGPT-tuned's minGPT
    /// decays the matrices of linear layers only. Embeddings decay, as in nanoGPT.
    /// </summary>
    public static bool Decays(string name) => !name.Contains("timeWeights.", StringComparison.Ordinal);

    /// <summary>Gives the embedding a table of its own with the weights it had. Losses do not change by it.</summary>
    public Parameter Untie()
    {
        if (embedding is not null) throw new InvalidOperationException("The output head is untied already.");
        using var off = no_grad();
        embedding = new Parameter(output.detach().clone());
        register_parameter(nameof(embedding), embedding);
        return embedding;
    }

    /// <summary>
    /// Whether heads stand on each other, so that all are computed before the loss of the first one. <see cref="Order"/> says how.
    /// </summary>
    internal bool IsChain => options.HeadKind is HeadKind.Causal or HeadKind.Anticausal or HeadKind.Deepseek;

    /// <summary>The heads from the trunk outwards, of which the first <paramref name="used"/> offsets are needed.</summary>
    internal IReadOnlyList<int> Order(int used) => options.HeadKind == HeadKind.Anticausal
        ? [.. Enumerable.Range(0, options.Heads).Reverse()] : [.. Enumerable.Range(0, used)];

    /// <summary>Logits of the next token, (B, T, V), for tokens (B, T).</summary>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var h = Trunk(tokens);
        foreach (var head in Order(1)) h = Head(head, h, tokens);
        return Logits(h).MoveToOuterDisposeScope();
    }

    /// <summary>The trunk's output z, (B, T, C), for tokens (B, T).</summary>
    public Tensor Trunk(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (B, T) = (tokens.size(0), tokens.size(1));
        var x = Embedding.index_select(0, tokens.view(-1)).view(B, T, options.Width);
        if (positions is not null) x = x + positions.narrow(0, 0, T);
        x = Dropout(x, options.Dropout, training);
        foreach (var block in trunk) x = block.call(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Output of head <paramref name="index"/> (0 predicts the next token), (B, T, C), for its input: the trunk's z, or in a chain the output
    /// of the head before it.
    /// </summary>
    /// <param name="index">Offset of the token that it predicts.</param>
    /// <param name="input">(B, T, C).</param>
    /// <param name="tokens">The inputs (B, T), which only deepseek's modules look at.</param>
    public Tensor Head(int index, Tensor input, Tensor tokens) => options.HeadKind switch
    {
        HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal => heads[index].call(input),
        HeadKind.Linear => Product(input, maps[index]),
        HeadKind.Deepseek when index > 0 => modules[options.SharedModule ? 0 : index - 1].call(input, EmbeddingAhead(tokens, index)),
        _ => input,
    };

    /// <summary>
    /// Logits, (B, T, V), of a head's output, with the soft-cap of modded-nanogpt where the options have one: a * sigmoid(z / b), which is
    /// Gemma 2's tanh (2024, section 2) shifted by a / 2.
    /// </summary>
    public Tensor Logits(Tensor h, int head = 0)
    {
        using var scope = NewDisposeScope();
        var z = Product(norm.call(h), head > 0 && options.HeadKind == HeadKind.Replicated ? get_parameter($"unembedding{head}")! : output);
        if (options.LogitSoftcap > 0) z = options.LogitSoftcap * (z / options.LogitSoftcapScale).sigmoid();
        return z.MoveToOuterDisposeScope();
    }

    // Embedding of the token k places ahead, (B, T, C). The last k positions repeat the last token: they have no target and no loss.
    private Tensor EmbeddingAhead(Tensor tokens, int k)
    {
        using var scope = NewDisposeScope();
        var (B, T) = (tokens.size(0), tokens.size(1));
        var ahead = cat([tokens.narrow(1, k, T - k), tokens.narrow(1, T - 1, 1).expand(B, k)], 1);
        return Embedding.index_select(0, ahead.view(-1)).view(B, T, options.Width).MoveToOuterDisposeScope();
    }

    private static T[] Several<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    internal static Tensor Dropout(Tensor x, double probability, bool training) =>
        training && probability > 0 ? functional.dropout(x, probability, training) : x;

    /// <summary>x W' + b of a linear layer.</summary>
    internal static Tensor Product(Tensor x, Linear linear) => Product(x, linear.weight, linear.bias);

    // Every product with a matrix of weights passes here.
    private static Tensor Product(Tensor x, Tensor weight, Tensor? bias = null) => functional.linear(x, weight, bias);

    private static Parameter Normal(long rows, long columns, double deviation) => new(init.normal_(empty([rows, columns]), 0, deviation));
}

/// <summary>A transformer layer: x + attention(norm(x)), then x + mlp(norm(x)).</summary>
internal sealed class Block : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> norm1, norm2;
    private readonly CausalSelfAttention attention;
    private readonly Mlp mlp;

    internal Block(TrainingOptions options) : base(nameof(Block))
    {
        norm1 = Norm(options);
        attention = new CausalSelfAttention(options);
        norm2 = Norm(options);
        mlp = new Mlp(options);
        RegisterComponents();
    }

    /// <summary>(B, T, C) to (B, T, C).</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x + attention.call(norm1.call(x));
        x = x + mlp.call(norm2.call(x));
        return x.MoveToOuterDisposeScope();
    }

    internal static Module<Tensor, Tensor> Norm(TrainingOptions options) =>
        options.Norm == NormKind.Rmsnorm ? new RmsNorm() : LayerNorm(options.Width, bias: options.Bias);

    /// <summary>
    /// A linear layer with nanoGPT's weights: N(0, 0.02), into the residual stream N(0, 0.02 / sqrt(2L)) or zero, and zero bias. Weights that
    /// begin at zero take as many random numbers as others, so that the other weights do not depend on it.
    /// </summary>
    internal static Linear Linear(TrainingOptions options, long inputs, long outputs, bool residual = false)
    {
        var linear = nn.Linear(inputs, outputs, options.Bias);
        init.normal_(linear.weight, 0, !residual ? 0.02 : options.ZeroInitProjections ? 0 : 0.02 / Math.Sqrt(2 * options.Layers));
        if (linear.bias is { } bias)
        {
            using var off = no_grad();
            bias.zero_();
        }
        return linear;
    }
}

/// <summary>x / sqrt(mean(x^2) + eps) over the channels, without a gain (Zhang and Sennrich 2019, section 3).</summary>
internal sealed class RmsNorm() : Module<Tensor, Tensor>(nameof(RmsNorm))
{
    private const double Epsilon = 1e-6;

    public override Tensor forward(Tensor x) => Of(x);

    internal static Tensor Of(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * ((x * x).mean([-1], keepdim: true) + Epsilon).rsqrt()).MoveToOuterDisposeScope();
    }
}

/// <summary>softmax(q k' / sqrt(D) + mask) v over H heads at once. Queries, keys and values are one product, also where minGPT has three.</summary>
internal sealed class CausalSelfAttention : Module<Tensor, Tensor>
{
    private readonly Linear qkv, projection;
    private readonly Tensor mask;                  // (1, T, T): 0 where a token may look, else minus infinity
    private readonly RotaryPositions? rotary;
    private readonly TimeWeights? timeWeights;
    private readonly TrainingOptions options;

    internal CausalSelfAttention(TrainingOptions options) : base(nameof(CausalSelfAttention))
    {
        this.options = options;
        qkv = Block.Linear(options, options.Width, 3 * options.Width);
        projection = Block.Linear(options, options.Width, options.Width, residual: true);
        mask = triu(full([1, options.Context, options.Context], double.NegativeInfinity), 1);
        rotary = options.Position == PositionKind.Rotary ? new RotaryPositions(options.Context, options.Width / options.AttentionHeads, qkv.weight.dtype) : null;
        timeWeights = options.TimeWeighting == TimeWeighting.Off ? null : new TimeWeights(options);
        RegisterComponents();
    }

    /// <summary>(B, T, C) to (B, T, C), for positions 0 to T-1.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (B, T, C) = (x.size(0), x.size(1), x.size(2));
        var (H, D) = (options.AttentionHeads, C / options.AttentionHeads);
        if (options.TimeMixing) x = MixTimes(x);

        // One copy lays q, k and v out as batches of B*H matrices (T, D).
        var (q, k, v) = Gpt.Product(x, qkv).view(B, T, 3, H, D).permute(2, 0, 3, 1, 4).reshape(3, B * H, T, D).unbind() switch
        {
            [var a, var b, var c] => (a, b, c),
            _ => throw new InvalidOperationException(),
        };
        if (options.QkNorm) (q, k) = (RmsNorm.Of(q), RmsNorm.Of(k));
        if (rotary is not null) (q, k) = (rotary.call(q, 0), rotary.call(k, 0));      // 0 is the first token's position

        var y = Attend(q, k, v).view(B, H, T, D).transpose(1, 2).reshape(B, T, C);
        return Gpt.Dropout(Gpt.Product(y, projection), options.Dropout, training).MoveToOuterDisposeScope();
    }

    // (B*H, T, D) three times to (B*H, T, D).
    private Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        if (timeWeights is null && FusedAttention.IsFor(q.device)) return FusedAttention.Causal(q, k, v, options.AttentionHeads, training ? options.Dropout : 0);
        var (T, D) = (q.size(1), q.size(2));
        var visible = T == options.Context ? mask : mask.narrow(1, 0, T).narrow(2, 0, T);
        var weights = visible.baddbmm(q, k.transpose(1, 2), beta: 1, alpha: (float)(1 / Math.Sqrt(D))).softmax(-1);   // (B*H, T, T)
        if (timeWeights is not null) weights = timeWeights.call(weights);
        return Gpt.Dropout(weights, options.Dropout, training).bmm(v);
    }

    /// <summary>minGPT-tuned's time-mixing: the first C/2 channels of (B, T, C) come from the position before, zeros at the first.</summary>
    internal static Tensor MixTimes(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (B, T, half) = (x.size(0), x.size(1), x.size(2) / 2);
        var before = cat([zeros([B, 1, half], x.dtype, x.device), x.narrow(1, 0, T - 1).narrow(2, 0, half)], 1);
        return cat([before, x.narrow(2, half, x.size(2) - half)], 2).MoveToOuterDisposeScope();
    }
}

/// <summary>DeepSeek-V3's module: a layer on M [norm(h); norm(embedding of the token ahead)], M from 2C to C.</summary>
internal sealed class FutureModule : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> normOutput, normEmbedding;
    private readonly Linear projection;
    private readonly Block block;

    internal FutureModule(TrainingOptions options) : base(nameof(FutureModule))
    {
        normOutput = Block.Norm(options);
        normEmbedding = Block.Norm(options);
        projection = Block.Linear(options, 2 * options.Width, options.Width);
        block = new Block(options);
        RegisterComponents();
    }

    /// <summary>(B, T, C) and (B, T, C) to (B, T, C).</summary>
    public override Tensor forward(Tensor h, Tensor embedding)
    {
        using var scope = NewDisposeScope();
        return block.call(Gpt.Product(cat([normOutput.call(h), normEmbedding.call(embedding)], -1), projection)).MoveToOuterDisposeScope();
    }
}

/// <summary>C to 4C, GELU or squared ReLU, back to C.</summary>
internal sealed class Mlp : Module<Tensor, Tensor>
{
    private readonly Linear up, down;
    private readonly TrainingOptions options;

    internal Mlp(TrainingOptions options) : base(nameof(Mlp))
    {
        this.options = options;
        up = Block.Linear(options, options.Width, 4 * options.Width);
        down = Block.Linear(options, 4 * options.Width, options.Width, residual: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Gpt.Dropout(Gpt.Product(Activate(Gpt.Product(x, up)), down), options.Dropout, training).MoveToOuterDisposeScope();
    }

    private Tensor Activate(Tensor x)
    {
        if (options.Activation == Activation.Gelu) return functional.gelu(x);
        var positive = x.relu();
        return positive * positive;
    }
}
