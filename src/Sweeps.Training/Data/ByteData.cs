using System.Text;

namespace Sweeps.Training.Data;

/// <summary>
/// A file as bytes, V = 256. Of its bytes the first 90% train, the next 5% validate and the last 5% are left for a test, the usual split of
/// enwik8 (90, 5 and 5 million bytes).
/// </summary>
public sealed class ByteData : ICorpus
{
    private readonly MappedFile file;

    /// <summary>Maps the file.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="sha256">Its SHA-256, which the caller has checked.</param>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public ByteData(string name, string path, string sha256)
    {
        (Name, Sha256, file) = (name, sha256, new MappedFile(path));
        var (validation, test) = (file.Length * 90 / 100, file.Length * 95 / 100);
        TrainTokens = new ByteTokens(file, 0, validation);
        ValidationTokens = new ByteTokens(file, validation, test - validation);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public int Vocabulary => 256;

    /// <inheritdoc/>
    public ushort? DocumentEnd => null;

    /// <inheritdoc/>
    public ITokenSequence TrainTokens { get; }

    /// <inheritdoc/>
    public ITokenSequence ValidationTokens { get; }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => Encoding.UTF8.GetString([.. tokens.Select(t => (byte)t)]);

    /// <summary>The bytes of its UTF-8.</summary>
    public long[] Encode(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => (long)b)];

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
