using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweeps.Core;

/// <summary>The one JSON set-up: snake_case names and enumeration values, nulls written, text escaped no more than JSON needs.</summary>
public static class Json
{
    /// <summary>For requests, replies, stored records and hashes: one line.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same for files that people read, such as <c>summary.json</c>.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
