using System.Security.Cryptography;

namespace Sweeps.Core.Gpt;

/// <summary>How the files of <c>data: tokens:PATH</c> are named, and told apart without reading gigabytes.</summary>
public static class TokenFiles
{
    /// <summary>The files of a directory that train.</summary>
    public const string Training = "*train*.bin";

    /// <summary>The files of a directory that validate.</summary>
    public const string Validation = "*val*.bin";

    /// <summary>
    /// SHA-256 of the <see cref="Fingerprint"/>s of the files, those that train first, each in the order of their names; 64 small
    /// hexadecimal digits. The files are closed.
    /// </summary>
    public static string Hash(IEnumerable<Stream> files) => Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(file =>
    {
        using (file) return Fingerprint(file);
    })]));

    /// <summary>
    /// SHA-256 of a file's length and of 64 pages of it, evenly spaced from the first to the last. Two files that differ elsewhere only have
    /// the same one.
    /// </summary>
    private static byte[] Fingerprint(Stream file)
    {
        const int Pages = 64, PageBytes = 4096;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(file.Length));
        var page = new byte[(int)Math.Min(PageBytes, file.Length)];
        for (var i = 0; i < Pages; i++)
        {
            file.Position = i * (file.Length - page.Length) / (Pages - 1);
            file.ReadExactly(page);
            hash.AppendData(page);
        }
        return hash.GetHashAndReset();
    }
}
