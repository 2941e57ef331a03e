using System.Globalization;
using Sweeps.Core.Gpt;

namespace Sweeps.Training.Data;

/// <summary>
/// Text that a tokenizer has turned into 16-bit tokens beforehand (<c>tokens:PATH</c>), in the formats of <see cref="TokenFile"/>. PATH is a
/// directory, where *train*.bin train and *val*.bin validate, each in the order of their names (nanoGPT's train.bin and val.bin,
/// modded-nanogpt's shards), or one .bin file, whose first 90% train. The files are mapped, never read whole.
/// </summary>
public sealed class TokenData : ICorpus
{
    /// <summary>GPT-2's token between documents.</summary>
    private const ushort EndOfText = 50256;

    private readonly List<MappedFile> files = [];

    /// <summary>Maps the files and reads their headers.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="path">The directory or file.</param>
    /// <param name="vocabulary">Number of different tokens, which the files do not tell.</param>
    /// <exception cref="TrainingException">They are missing or in no known format.</exception>
    public TokenData(string name, string path, int vocabulary)
    {
        (Name, Vocabulary) = (name, vocabulary);
        try
        {
            if (Directory.Exists(path))
            {
                TrainTokens = Shards(path, TokenFiles.Training);
                ValidationTokens = Shards(path, TokenFiles.Validation);
            }
            else if (File.Exists(path))
            {
                var all = Open(path);
                var split = all.Length / 10 * 9 + all.Length % 10 * 9 / 10;
                TrainTokens = new SlicedTokens(all, 0, split);
                ValidationTokens = new SlicedTokens(all, split, all.Length - split);
            }
            else
            {
                throw new TrainingException(
                    $"There is neither a directory nor a file {Path.GetFullPath(path)}; write tokens:DIRECTORY with train.bin and val.bin in it, or tokens:FILE.bin.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Sha256 = TokenFiles.Hash(files.Select(file => File.OpenRead(file.Path)));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Hash of the files' beginnings, ends and pages between: <see cref="TokenFiles.Hash"/>.</summary>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public int Vocabulary { get; }

    /// <summary>GPT-2's end of text, when the vocabulary reaches that far.</summary>
    public ushort? DocumentEnd => Vocabulary > EndOfText ? EndOfText : null;

    /// <inheritdoc/>
    public ITokenSequence TrainTokens { get; }

    /// <inheritdoc/>
    public ITokenSequence ValidationTokens { get; }

    /// <summary>The tokens' numbers: which texts they stand for is the tokenizer's knowledge.</summary>
    public string Decode(IEnumerable<long> tokens) => string.Join(' ', tokens);

    /// <summary>The tokens' numbers, with spaces between them.</summary>
    /// <inheritdoc/>
    public long[] Encode(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var token) && token < Vocabulary ? token
            : throw Unknown.Symbol(Name, word, [$"the numbers from 0 to {Vocabulary - 1}"]))];

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(file => file.Dispose());

    private JoinedTokens Shards(string directory, string pattern)
    {
        var paths = Directory.GetFiles(directory, pattern);
        if (paths.Length == 0)
            throw new TrainingException($"The directory {Path.GetFullPath(directory)} has no {pattern}; tokens: needs *train*.bin and *val*.bin there.");
        return new JoinedTokens(paths.Order(StringComparer.Ordinal).Select(Open).ToArray());
    }

    private TokenFile Open(string path)
    {
        var file = new MappedFile(path);
        files.Add(file);
        return new TokenFile(file, Vocabulary);
    }
}
