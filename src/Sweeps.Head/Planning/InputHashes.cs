using System.Security.Cryptography;
using Sweeps.Core.Gpt;

namespace Sweeps.Head.Planning;

/// <summary>What the files of runs hold now, as the trainer would record it; each file is read once.</summary>
internal sealed class InputHashes
{
    private readonly Dictionary<RunInputs, string?> known = [];

    /// <summary>The <see cref="RunInputs.Describe"/> of files, or null when one of them cannot be read here.</summary>
    public string? Of(RunInputs inputs)
    {
        if (known.TryGetValue(inputs, out var text)) return text;
        try
        {
            text = inputs.Describe(() => inputs.Text is { } file ? Hash(file) : TokenFiles.Hash(TokensOf(inputs.Tokens!).Select(File.OpenRead)), () => Hash(inputs.Weights!));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A machine that trains the run may still have it.
        }
        return known[inputs] = text;
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static IEnumerable<string> TokensOf(string path) => Directory.Exists(path)
        ? new[] { TokenFiles.Training, TokenFiles.Validation }.SelectMany(pattern => Directory.GetFiles(path, pattern).Order(StringComparer.Ordinal)) : [path];
}
