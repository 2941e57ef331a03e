using System.Text.Json;

namespace Sweeps.Training.Data;

/// <summary>What is said of text that a data set has no tokens for.</summary>
internal static class Unknown
{
    private const int MostShown = 120;

    /// <summary>Names the symbol, and those there are where they are not too many.</summary>
    internal static TrainingException Symbol(string data, string symbol, IEnumerable<string> known)
    {
        var all = known.ToArray();
        var shown = all.Length <= MostShown ? $": it has {string.Join(' ', all.Select(one => one == " " ? "the space" : Quoted(one)[1..^1]))}" : $"; it has {all.Length} others";
        return new TrainingException($"The data set {data} has no symbol {Quoted(symbol)}{shown}.");
    }

    // Line ends and the like as escapes, other letters as they are.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
