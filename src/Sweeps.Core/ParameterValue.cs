using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweeps.Core;

/// <summary>
/// The value of one parameter: null, a boolean, an integer, a real number, a text, a list of these, or a mapping of names to these.
/// Equal numbers are equal values however they were written: 3.0 is 3.
/// </summary>
[JsonConverter(typeof(ParameterValueJsonConverter))]
public sealed class ParameterValue : IEquatable<ParameterValue>
{
    private readonly object? value;

    private ParameterValue(object? value) => this.value = value;

    /// <summary>The missing value, written <c>null</c>.</summary>
    public static ParameterValue Null { get; } = new(null);

    /// <summary>A boolean.</summary>
    public static ParameterValue Of(bool value) => new(value);

    /// <summary>An integer.</summary>
    public static ParameterValue Of(long value) => new(value);

    /// <summary>A real number; one without a fraction becomes an integer.</summary>
    public static ParameterValue Of(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? new((long)value) : new(value);

    /// <summary>A text.</summary>
    public static ParameterValue Of(string value) => new(value);

    /// <summary>A list.</summary>
    public static ParameterValue Of(IEnumerable<ParameterValue> items) => new(items.ToImmutableArray());

    /// <summary>A mapping; its order has no meaning.</summary>
    public static ParameterValue Of(IEnumerable<KeyValuePair<string, ParameterValue>> entries) => new(entries.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>True for <see cref="Null"/>.</summary>
    public bool IsNull => value is null;

    /// <summary>The boolean, or null when this is something else.</summary>
    public bool? AsBool => value as bool?;

    /// <summary>The integer, or null when this is something else.</summary>
    public long? AsLong => value as long?;

    /// <summary>The number (integer or real), or null when this is something else.</summary>
    public double? AsDouble => value switch { long l => l, double d => d, _ => null };

    /// <summary>The text, or null when this is something else.</summary>
    public string? AsString => value as string;

    /// <summary>The list, or null when this is something else.</summary>
    public IReadOnlyList<ParameterValue>? AsList => value is ImmutableArray<ParameterValue> list ? list : null;

    /// <summary>The mapping, names sorted ordinally, or null when this is something else.</summary>
    public IReadOnlyDictionary<string, ParameterValue>? AsMap => value as ImmutableSortedDictionary<string, ParameterValue>;

    /// <inheritdoc/>
    public bool Equals(ParameterValue? other) => other is not null && (value, other.value) switch
    {
        (ImmutableArray<ParameterValue> a, ImmutableArray<ParameterValue> b) => a.SequenceEqual(b),
        (ImmutableSortedDictionary<string, ParameterValue> a, ImmutableSortedDictionary<string, ParameterValue> b) => a.SequenceEqual(b),
        _ => Equals(value, other.value),
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterValue);

    /// <inheritdoc/>
    public override int GetHashCode() => value switch
    {
        ImmutableArray<ParameterValue> list => list.Aggregate(17, (hash, item) => HashCode.Combine(hash, item)),
        ImmutableSortedDictionary<string, ParameterValue> map => map.Aggregate(19, (hash, entry) => HashCode.Combine(hash, entry.Key, entry.Value)),
        _ => value?.GetHashCode() ?? 0,
    };

    /// <summary>The value as people write it: <c>never</c>, <c>0.5</c>, <c>true</c>, <c>[1, 0.5]</c>.</summary>
    public override string ToString() => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        ImmutableArray<ParameterValue> list => "[" + string.Join(", ", list) + "]",
        ImmutableSortedDictionary<string, ParameterValue> map => "{" + string.Join(", ", map.Select(entry => $"{entry.Key}: {entry.Value}")) + "}",
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };
}

/// <summary>Reads and writes a <see cref="ParameterValue"/> as the JSON value it stands for.</summary>
public sealed class ParameterValueJsonConverter : JsonConverter<ParameterValue>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override ParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return ParameterValue.Null;
            case JsonTokenType.True: return ParameterValue.Of(true);
            case JsonTokenType.False: return ParameterValue.Of(false);
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var l) ? ParameterValue.Of(l) : ParameterValue.Of(reader.GetDouble());
            case JsonTokenType.String: return ParameterValue.Of(reader.GetString()!);
            case JsonTokenType.StartArray:
                var items = new List<ParameterValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Read(ref reader, typeToConvert, options));
                return ParameterValue.Of(items);
            case JsonTokenType.StartObject:
                var entries = new Dictionary<string, ParameterValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    entries[name] = Read(ref reader, typeToConvert, options);
                }
                return ParameterValue.Of(entries);
            default: throw new JsonException($"A parameter's value cannot be {reader.TokenType}.");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ParameterValue value, JsonSerializerOptions options)
    {
        if (value.IsNull) writer.WriteNullValue();
        else if (value.AsBool is { } b) writer.WriteBooleanValue(b);
        else if (value.AsLong is { } l) writer.WriteNumberValue(l);
        else if (value.AsDouble is { } d) writer.WriteNumberValue(d);
        else if (value.AsString is { } s) writer.WriteStringValue(s);
        else if (value.AsList is { } list)
        {
            writer.WriteStartArray();
            foreach (var item in list) Write(writer, item, options);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (var (name, item) in value.AsMap!)
            {
                writer.WritePropertyName(name);
                Write(writer, item, options);
            }
            writer.WriteEndObject();
        }
    }
}
