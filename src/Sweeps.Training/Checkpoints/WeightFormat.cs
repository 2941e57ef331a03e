namespace Sweeps.Training.Checkpoints;

/// <summary>Names and layouts of weights that other programs read. The files are safetensors files.</summary>
public enum WeightFormat
{
    /// <summary>nanoGPT's state dictionary: <c>transformer.h.0.attn.c_attn.weight</c> of shape (out, in), with <c>lm_head.weight</c>.</summary>
    NanoGpt,

    /// <summary>
    /// GPT-2's as on the Hugging Face hub: <c>h.0.attn.c_attn.weight</c> without a prefix, of shape (in, out) because its layers are Conv1D;
    /// every layer has a bias, and there is no <c>lm_head</c>: it is the embedding.
    /// </summary>
    Gpt2,
}
