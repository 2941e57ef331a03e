using Sweeps.Results.Access;

namespace Sweeps.Head.Access;

/// <summary>What commands of the head's own user show, who alone can read <c>head.json</c>: drawn when the head starts, void when it ends.</summary>
internal sealed class HeadKey
{
    private readonly string hash;

    /// <summary>A new one.</summary>
    public HeadKey()
    {
        Value = AccessToken.Create();
        hash = AccessToken.Hash(Value);
    }

    /// <summary>The key.</summary>
    public string Value { get; }

    /// <summary>Whether a text with this hash is the key.</summary>
    public bool Fits(string hashOfToken) => AccessToken.AreEqual(hash, hashOfToken);
}
