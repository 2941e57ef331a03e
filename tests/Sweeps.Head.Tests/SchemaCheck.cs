using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sweeps.Head.Tests;

/// <summary>Compares JSON with a schema of the API's description: types, enumerations, and that exactly the named properties are there.</summary>
internal sealed class SchemaCheck(JsonNode document)
{
    /// <summary>What does not fit, by where it is; empty for what fits.</summary>
    public IEnumerable<string> Errors(JsonNode? value, JsonNode schema, string at = "$")
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            var target = reference.TrimStart('#', '/').Split('/').Aggregate(document, (node, name) => node[name]!);
            return Errors(value, target, at);
        }
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray choices)
            return choices.Any(choice => !Errors(value, choice!, at).Any()) ? [] : [$"{at}: {Text(value)} is none of {choices.ToJsonString()}"];
        var types = schema["type"] switch { null => [], JsonArray array => array.Select(type => (string)type!).ToArray(), var type => [(string)type!] };
        if (types.Length > 0 && !types.Any(type => Is(value, type))) return [$"{at}: {Text(value)} is not {string.Join(" or ", types)}"];
        if (schema["enum"] is JsonArray allowed && value is not null && !allowed.Any(one => JsonNode.DeepEquals(one, value))) return [$"{at}: {Text(value)} is not one of {allowed.ToJsonString()}"];
        return value switch
        {
            JsonObject map => MapErrors(map, schema, at),
            JsonArray list when schema["items"] is { } items => list.SelectMany((item, i) => Errors(item, items, $"{at}[{i}]")),
            _ => [],
        };
    }

    private IEnumerable<string> MapErrors(JsonObject map, JsonNode schema, string at)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !map.ContainsKey(name))) yield return $"{at}: {name} is missing";
        foreach (var (name, value) in map)
        {
            if (schema["properties"]?[name] is { } property)
                foreach (var error in Errors(value, property, $"{at}.{name}")) yield return error;
            else if (schema["additionalProperties"] is JsonObject other)
                foreach (var error in Errors(value, other, $"{at}.{name}")) yield return error;
            else yield return $"{at}: {name} is not described";
        }
    }

    private static bool Is(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.Null, "null") or (JsonValueKind.True or JsonValueKind.False, "boolean") or (JsonValueKind.Number, "number")
            or (JsonValueKind.String, "string") or (JsonValueKind.Array, "array") or (JsonValueKind.Object, "object") => true,
        (JsonValueKind.Number, "integer") => value!.ToJsonString().All(letter => char.IsDigit(letter) || letter == '-'),
        _ => false,
    };

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
}
