using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sweeps.Training;

/// <summary>
/// A GPT with one or several future-token heads. The trunk and the plain head are nanoGPT's (Karpathy 2022, model.py):
/// learned positions, pre-norm, erf GELU, output head tied to the embedding. Parallel heads are those of Gloeckle et al. 2024,
/// section 2: head i is one transformer layer on the trunk's output; norm and unembedding are common.
/// Symbols: B batch, T context, C width, H attention heads, D = C/H, V vocabulary, n future tokens.
/// </summary>
public sealed class Gpt : Module<Tensor, Tensor>
{
    private readonly TrainingOptions options;
    private readonly Parameter output;             // (V, C), the unembedding and, while tied, the embedding
    private readonly Parameter positions;          // (T, C)
    private readonly ModuleList<Block> trunk;
    private readonly ModuleList<Block> heads;      // empty for HeadKind.Shared; else n, the first of them the base model's last layer
    private readonly LayerNorm norm;
    private Parameter? embedding;                  // (V, C), null while tied

    /// <summary>Builds the model with fresh weights, which depend on <see cref="TrainingOptions.Seed"/> alone: the layers that two
    /// configurations share start equal, however many heads follow.</summary>
    public Gpt(TrainingOptions options, int vocabulary) : base(nameof(Gpt))
    {
        this.options = options;
        Vocabulary = vocabulary;
        manual_seed(options.Seed);

        int headLayers = options.HeadKind == HeadKind.Parallel ? options.Heads : 0;
        output = Normal(vocabulary, options.Width);
        positions = Normal(options.Context, options.Width);
        var layers = Enumerable.Range(0, options.Layers + Math.Max(0, headLayers - 1)).Select(_ => new Block(options)).ToArray();
        var trunkLayers = options.Layers - Math.Min(1, headLayers);
        trunk = new ModuleList<Block>(layers[..trunkLayers]);
        heads = new ModuleList<Block>(layers[trunkLayers..]);
        norm = LayerNorm(options.Width, bias: options.Bias);
        RegisterComponents();
    }

    /// <summary>Symbols V.</summary>
    public int Vocabulary { get; }

    /// <summary>Whether the embedding is still the output head's own table.</summary>
    public bool IsTied => embedding is null;

    /// <summary>The output head's table, (V, C).</summary>
    public Parameter Output => output;

    /// <summary>The embedding's table, (V, C); the output head's while tied.</summary>
    public Parameter Embedding => embedding ?? output;

    /// <summary>Gives the embedding a table of its own with the weights it had. Losses do not change by it.</summary>
    public Parameter Untie()
    {
        if (embedding is not null) throw new InvalidOperationException("The output head is untied already.");
        using var off = no_grad();
        embedding = new Parameter(output.detach().clone());
        register_parameter(nameof(embedding), embedding);
        return embedding;
    }

    /// <summary>Logits of the next token, (B, T, V), for tokens (B, T).</summary>
    public override Tensor forward(Tensor tokens) => Logits(Head(0, Trunk(tokens)));

    /// <summary>The trunk's output z, (B, T, C), for tokens (B, T).</summary>
    public Tensor Trunk(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var (B, T) = (tokens.size(0), tokens.size(1));
        var x = Embedding.index_select(0, tokens.view(-1)).view(B, T, options.Width) + positions.narrow(0, 0, T);
        x = Dropout(x, options.Dropout, training);
        foreach (var block in trunk) x = block.call(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Output of head <paramref name="index"/> (0 predicts the next token), (B, T, C), for the trunk's z.</summary>
    public Tensor Head(int index, Tensor z) => heads.Count == 0 ? z : heads[index].call(z);

    /// <summary>Logits, (B, T, V), for a head's output.</summary>
    public Tensor Logits(Tensor h)
    {
        using var scope = NewDisposeScope();
        return functional.linear(norm.call(h), output).MoveToOuterDisposeScope();
    }

    internal static Tensor Dropout(Tensor x, double probability, bool training) =>
        training && probability > 0 ? functional.dropout(x, probability, training) : x;

    private static Parameter Normal(long rows, long columns) => new(init.normal_(empty([rows, columns]), 0, 0.02));
}

/// <summary>A transformer layer: x + attention(norm(x)), then x + mlp(norm(x)).</summary>
internal sealed class Block : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1, norm2;
    private readonly CausalSelfAttention attention;
    private readonly Mlp mlp;

    internal Block(TrainingOptions options) : base(nameof(Block))
    {
        norm1 = LayerNorm(options.Width, bias: options.Bias);
        attention = new CausalSelfAttention(options);
        norm2 = LayerNorm(options.Width, bias: options.Bias);
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

    /// <summary>A linear layer with nanoGPT's weights: N(0, 0.02), and zero bias.</summary>
    internal static Linear Linear(TrainingOptions options, long inputs, long outputs, bool residual = false)
    {
        var linear = nn.Linear(inputs, outputs, options.Bias);
        init.normal_(linear.weight, 0, residual ? 0.02 / Math.Sqrt(2 * options.Layers) : 0.02);
        if (linear.bias is { } bias)
        {
            using var off = no_grad();
            bias.zero_();
        }
        return linear;
    }
}

/// <summary>softmax(q k' / sqrt(D) + mask) v over H heads at once.</summary>
internal sealed class CausalSelfAttention : Module<Tensor, Tensor>
{
    private readonly Linear qkv, projection;
    private readonly Tensor mask;                  // (1, T, T): 0 where a token may look, else minus infinity
    private readonly TrainingOptions options;

    internal CausalSelfAttention(TrainingOptions options) : base(nameof(CausalSelfAttention))
    {
        this.options = options;
        qkv = Block.Linear(options, options.Width, 3 * options.Width);
        projection = Block.Linear(options, options.Width, options.Width, residual: true);
        mask = triu(full([1, options.Context, options.Context], double.NegativeInfinity), 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (B, T, C) = (x.size(0), x.size(1), x.size(2));
        var (H, D) = (options.AttentionHeads, C / options.AttentionHeads);

        // One copy lays q, k and v out as batches of B*H matrices (T, D).
        var (q, k, v) = qkv.call(x).view(B, T, 3, H, D).permute(2, 0, 3, 1, 4).reshape(3, B * H, T, D).unbind() switch
        {
            [var a, var b, var c] => (a, b, c),
            _ => throw new InvalidOperationException(),
        };
        var visible = T == options.Context ? mask : mask.narrow(1, 0, T).narrow(2, 0, T);
        var weights = visible.baddbmm(q, k.transpose(1, 2), beta: 1, alpha: (float)(1 / Math.Sqrt(D))).softmax(-1);   // (B*H, T, T)
        weights = Gpt.Dropout(weights, options.Dropout, training);
        var y = weights.bmm(v).view(B, H, T, D).transpose(1, 2).reshape(B, T, C);
        return Gpt.Dropout(projection.call(y), options.Dropout, training).MoveToOuterDisposeScope();
    }
}

/// <summary>C to 4C, GELU, back to C.</summary>
internal sealed class Mlp : Module<Tensor, Tensor>
{
    private readonly Linear up, down;
    private readonly double dropout;

    internal Mlp(TrainingOptions options) : base(nameof(Mlp))
    {
        up = Block.Linear(options, options.Width, 4 * options.Width);
        down = Block.Linear(options, 4 * options.Width, options.Width, residual: true);
        dropout = options.Dropout;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Gpt.Dropout(down.call(functional.gelu(up.call(x))), dropout, training).MoveToOuterDisposeScope();
    }
}
