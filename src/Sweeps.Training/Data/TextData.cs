using System.Security.Cryptography;
using System.Text;

namespace Sweeps.Training.Data;

/// <summary>A text as symbols, split into training and validation part. The vocabulary is the sorted set of its code points, as in nanoGPT.</summary>
public sealed class TextData : ICorpus
{
    private readonly Rune[] symbols;
    private readonly Dictionary<Rune, ushort> index;

    /// <summary>Turns a text into symbols; the first 90% train, the rest validates.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="documentEnd">The symbol that ends a document, or null when the text has none.</param>
    public TextData(string name, string text, char? documentEnd = null)
    {
        Name = name;
        var runes = text.EnumerateRunes().ToArray();
        if (runes.Length < 20) throw new TrainingException($"The data set {name} has {runes.Length} characters; at least 20 are needed to split it.");
        symbols = runes.Distinct().Order().ToArray();
        if (symbols.Length > ushort.MaxValue) throw new TrainingException($"The data set {name} has {symbols.Length} different characters; at most {ushort.MaxValue} can be symbols.");
        index = symbols.Select((rune, i) => (rune, i)).ToDictionary(p => p.rune, p => (ushort)p.i);
        var tokens = Array.ConvertAll(runes, rune => index[rune]);
        var split = (int)(tokens.Length * 0.9);
        Train = tokens.AsMemory(0, split);
        Validation = tokens.AsMemory(split);
        (TrainTokens, ValidationTokens) = (new MemoryTokens(Train), new MemoryTokens(Validation));
        DocumentEnd = documentEnd is { } end && index.TryGetValue(new Rune(end), out var token) ? token : null;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Name for messages.</summary>
    public string Name { get; }

    /// <summary>Hash of the text's UTF-8 bytes: part of a run's identity.</summary>
    public string Sha256 { get; }

    /// <summary>Number of symbols V.</summary>
    public int Vocabulary => symbols.Length;

    /// <summary>The symbol that ends a document, or null.</summary>
    public ushort? DocumentEnd { get; }

    /// <summary>Symbols to train on.</summary>
    public ReadOnlyMemory<ushort> Train { get; }

    /// <summary>Symbols to validate on.</summary>
    public ReadOnlyMemory<ushort> Validation { get; }

    /// <inheritdoc/>
    public ITokenSequence TrainTokens { get; }

    /// <inheritdoc/>
    public ITokenSequence ValidationTokens { get; }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => string.Concat(tokens.Select(t => symbols[t].ToString()));

    /// <inheritdoc/>
    public long[] Encode(string text) => [.. text.EnumerateRunes().Select(rune =>
        index.TryGetValue(rune, out var token) ? token : throw Unknown.Symbol(Name, rune.ToString(), symbols.Select(symbol => symbol.ToString())))];

    /// <inheritdoc/>
    public void Dispose()
    {
        // All of it is in memory.
    }
}
