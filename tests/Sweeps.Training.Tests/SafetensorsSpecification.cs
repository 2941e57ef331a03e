using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Sweeps.Training.Tests;

/// <summary>
/// A second reader of safetensors files, written from the specification (https://huggingface.co/docs/safetensors) and the checks of its
/// implementation (read_metadata and validate in huggingface/safetensors, tensor.rs), without regard to how the project writes them. It also
/// holds files to what that implementation writes: data aligned to its type, and no field that it does not know.
/// </summary>
internal sealed record SafetensorsSpecification(Dictionary<string, string> Metadata, IReadOnlyList<SafetensorsSpecification.Entry> Tensors)
{
    private const ulong LongestHeader = 100_000_000;

    private static readonly Dictionary<string, long> Bits = new()
    {
        ["BOOL"] = 8, ["U8"] = 8, ["I8"] = 8, ["F8_E5M2"] = 8, ["F8_E4M3"] = 8, ["I16"] = 16, ["U16"] = 16, ["F16"] = 16, ["BF16"] = 16,
        ["I32"] = 32, ["U32"] = 32, ["F32"] = 32, ["C64"] = 64, ["F64"] = 64, ["I64"] = 64, ["U64"] = 64,
    };

    internal Entry this[string name] => Tensors.Single(tensor => tensor.Name == name);

    internal static SafetensorsSpecification Read(ReadOnlySpan<byte> file)
    {
        Require(file.Length >= 8, "header too small");
        var n = BinaryPrimitives.ReadUInt64LittleEndian(file);
        Require(n <= LongestHeader, "header too large");
        Require(n <= (ulong)(file.Length - 8), "invalid header length");
        var header = file.Slice(8, (int)n);
        var buffer = file[(8 + (int)n)..];
        Require(header.Length > 0 && header[0] == (byte)'{', "the header begins with {");
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(header);
        Require(text.TrimEnd(' ').EndsWith('}'), "the header is padded with spaces alone");

        var metadata = new Dictionary<string, string>();
        var entries = new List<(string Name, string Type, long[] Shape, long Begin, long End)>();
        using var json = JsonDocument.Parse(text);
        var names = new HashSet<string>();
        foreach (var property in json.RootElement.EnumerateObject())
        {
            Require(names.Add(property.Name), "duplicate keys");
            if (property.Name == "__metadata__")
            {
                foreach (var pair in property.Value.EnumerateObject())
                {
                    Require(pair.Value.ValueKind == JsonValueKind.String, "metadata is a map from strings to strings");
                    Require(metadata.TryAdd(pair.Name, pair.Value.GetString()!), "duplicate keys");
                }
                continue;
            }
            Require(property.Value.EnumerateObject().Select(field => field.Name).Order().SequenceEqual(["data_offsets", "dtype", "shape"]), "fields of a tensor");
            var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => (long)offset.GetUInt64()).ToArray();
            Require(offsets.Length == 2, "two offsets");
            entries.Add((property.Name, property.Value.GetProperty("dtype").GetString()!,
                [.. property.Value.GetProperty("shape").EnumerateArray().Select(extent => (long)extent.GetUInt64())], offsets[0], offsets[1]));
        }

        var tensors = new List<Entry>();
        long start = 0;
        foreach (var (name, type, shape, begin, end) in entries.OrderBy(entry => (entry.Begin, entry.End)))
        {
            Require(begin == start && end >= begin, $"invalid offset of {name}");
            start = end;
            long bits = Bits[type];
            foreach (var extent in shape) bits = checked(bits * extent);
            Require(bits % 8 == 0 && end - begin == bits / 8, $"shape, type and offsets of {name} do not fit");
            Require((8 + (long)n + begin) % (Bits[type] / 8) == 0, $"{name} is not aligned to its type");
            Require(end <= buffer.Length, $"{name} ends behind the file");
            tensors.Add(new Entry(name, type, shape, buffer[(int)begin..(int)end].ToArray()));
        }
        Require(start == buffer.Length, "the file is not fully covered");
        return new SafetensorsSpecification(metadata, tensors);
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new FormatException(rule);
    }

    internal sealed record Entry(string Name, string Type, long[] Shape, byte[] Data);
}
