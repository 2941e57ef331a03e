using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Attempts;

/// <summary>Tokens that can write to one attempt alone. The database holds their hashes; the token itself is known to the worker only.</summary>
public static class AttemptToken
{
    /// <summary>A new one: 256 random bits, in characters that fit a header.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of it. A plain SHA-256 is enough for a token that nobody can guess.</summary>
    public static string Hash(string token) => ResultsStore.Hash(token);

    /// <summary>True when the token was made for this attempt; takes the same time whichever character differs.</summary>
    public static bool Fits(string token, AttemptRecord attempt) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(token)), Encoding.ASCII.GetBytes(attempt.TokenHash));
}
