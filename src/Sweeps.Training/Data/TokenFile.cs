namespace Sweeps.Training.Data;

/// <summary>
/// The tokens of one .bin file, 16 bits each: nanoGPT's (nothing but tokens) or modded-nanogpt's, whose header of 256 32-bit numbers begins
/// with 20240520, the version 1 and the number of tokens.
/// </summary>
public sealed class TokenFile : ITokenSequence
{
    private const int Magic = 20240520, Version = 1, HeaderBytes = 256 * sizeof(int);
    private readonly MappedFile file;
    private readonly int vocabulary;
    private readonly long first;

    /// <summary>Reads the header, if there is one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="vocabulary">Number of different tokens; one that is not below it is refused when it is read.</param>
    /// <exception cref="TrainingException">It is in neither format.</exception>
    public TokenFile(MappedFile file, int vocabulary)
    {
        (this.file, this.vocabulary) = (file, vocabulary);
        var header = new int[3];
        if (file.Length >= HeaderBytes) file.Read(0, header.AsSpan());
        var tokens = file.Length / sizeof(ushort);
        if (header[0] == Magic)
        {
            if (header[1] != Version) throw new TrainingException($"{file.Path} has version {header[1]} of modded-nanogpt's format; version {Version} can be read.");
            var present = (file.Length - HeaderBytes) / sizeof(ushort);
            if (header[2] < 1 || header[2] > present)
                throw new TrainingException($"{file.Path} is not complete: its header tells of {header[2]} tokens, behind it are {present}. Copy it again.");
            (first, tokens) = (HeaderBytes, header[2]);
        }
        else if (file.Length % sizeof(ushort) != 0)
        {
            throw new TrainingException($"{file.Path} is not a file of 16-bit tokens: it has {file.Length} bytes, an odd number.");
        }
        Length = tokens;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public void Read(long start, Span<long> destination)
    {
        var tokens = new ushort[destination.Length];
        file.Read(first + start * sizeof(ushort), tokens.AsSpan());
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] >= vocabulary)
                throw new TrainingException($"{file.Path} has the token {tokens[i]}, but vocabulary is {vocabulary}; set vocabulary to the number of its tokenizer's tokens.");
            destination[i] = tokens[i];
        }
    }
}
