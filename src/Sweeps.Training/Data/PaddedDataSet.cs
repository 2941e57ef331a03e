using System.Text;

namespace Sweeps.Training.Data;

/// <summary>
/// A data set whose model has more tokens than the data: the number is rounded up, as nanoGPT rounds GPT-2's 50,257 up to 50,304 for speed. The tokens
/// beyond are never in a batch.
/// </summary>
/// <param name="data">The data.</param>
/// <param name="multiple">What the number of tokens is rounded up to a multiple of, at least 1.</param>
public sealed class PaddedDataSet(IDataSet data, int multiple) : IDataSet
{
    /// <summary>What stands for a token that no text has, which a model that is hardly trained may write.</summary>
    public const char Padding = '\uFFFD';

    /// <inheritdoc/>
    public string Name => data.Name;

    /// <inheritdoc/>
    public string Sha256 => data.Sha256;

    /// <inheritdoc/>
    public int Vocabulary => checked((data.Vocabulary + multiple - 1) / multiple * multiple);

    /// <inheritdoc/>
    public bool HasDocuments => data.HasDocuments;

    /// <inheritdoc/>
    public IDataSet? Beyond => data.Beyond;

    /// <inheritdoc/>
    public Batch Training(int step, int? sequences = null, int? context = null) => data.Training(step, sequences, context);

    /// <inheritdoc/>
    public Batch Validation(int index, int count) => data.Validation(index, count);

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens)
    {
        long[] all = [.. tokens];
        if (Array.TrueForAll(all, token => token < data.Vocabulary)) return data.Decode(all);
        // Piece by piece between the tokens that are none.
        var text = new StringBuilder();
        for (var start = 0; start <= all.Length;)
        {
            var end = Array.FindIndex(all, start, token => token >= data.Vocabulary);
            text.Append(data.Decode(all[start..(end < 0 ? all.Length : end)]));
            if (end < 0) break;
            text.Append(Padding);
            start = end + 1;
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public long[] Encode(string text) => data.Encode(text);

    /// <inheritdoc/>
    public void Dispose() => data.Dispose();
}
