using System.Text.Json;
using Sweeps.Core;

namespace Sweeps.Results.Records;

/// <summary>Parameters as the JSON object that the database holds.</summary>
internal static class ParameterText
{
    public static string Write(IReadOnlyDictionary<string, ParameterValue> parameters) => JsonSerializer.Serialize(parameters, Json.Options);

    public static IReadOnlyDictionary<string, ParameterValue> Read(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, ParameterValue>>(json, Json.Options)!;
}
