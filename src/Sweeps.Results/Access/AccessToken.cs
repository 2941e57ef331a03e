using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sweeps.Results.Access;

/// <summary>The texts that let somebody in. The database holds their hashes alone.</summary>
public static class AccessToken
{
    /// <summary>What each begins with, so that programs which look for leaked secrets can tell it.</summary>
    public const string Prefix = "sweeps_";

    /// <summary>A new one: 256 random bits, in characters that fit a header and a cookie.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// What is stored of it. One round of SHA-256 and no salt: slow hashes and salts protect what people choose, and nobody can try 2^256 random texts.
    /// </summary>
    public static string Hash(string token) => ResultsStore.Hash(token);

    /// <summary>Whether two hashes are the same; takes the same time wherever they differ.</summary>
    public static bool AreEqual(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(hash), System.Text.Encoding.ASCII.GetBytes(other));
}
