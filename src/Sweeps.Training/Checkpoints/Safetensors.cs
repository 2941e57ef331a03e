using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// The safetensors format (Hugging Face): 8 bytes with the header's length, a JSON header of names, types, shapes and offsets, then the
/// numbers, little-endian and row-major. Python's safetensors reads what this writes.
/// </summary>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";

    /// <summary>
    /// Writes a file so that it is there completely or not at all: under a temporary name, flushed to the disk, then renamed.
    /// </summary>
    /// <returns>The content's SHA-256 (hexadecimal) and size in bytes.</returns>
    public static (string Sha256, long Bytes) Write(
        string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var header = new JsonObject { [MetadataKey] = JsonSerializer.SerializeToNode(metadata) };
        var sources = new List<Tensor>();
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            var source = tensor.detach().cpu().contiguous();
            var length = source.numel() * source.ElementSize;
            header[name] = new JsonObject
            {
                ["dtype"] = TypeName(source.dtype),
                ["shape"] = new JsonArray([.. source.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, offset + length),
            };
            offset += length;
            sources.Add(source);
        }

        // Spaces after the header align the numbers to 8 bytes.
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = new byte[(json.Length + 7) / 8 * 8];
        Array.Fill(padded, (byte)' ');
        json.CopyTo(padded, 0);

        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long written = 0;
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                var length = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, padded.Length);
                Append(file, length);
                Append(file, padded);
                foreach (var source in sources) Append(file, source.bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), written);

        void Append(FileStream file, ReadOnlySpan<byte> bytes)
        {
            file.Write(bytes);
            hash.AppendData(bytes);
            written += bytes.Length;
        }
    }

    /// <summary>Reads a file; the caller owns the tensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">Names of the tensors to read; null for all.</param>
    /// <exception cref="InvalidDataException">It is not a complete safetensors file.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path, Func<string, bool>? wanted = null)
    {
        using var file = File.OpenRead(path);
        var length = new byte[8];
        var tensors = new Dictionary<string, Tensor>();
        var metadata = new Dictionary<string, string>();
        try
        {
            file.ReadExactly(length);
            var headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (headerLength is < 2 or > 100_000_000 || headerLength > file.Length - 8) throw new InvalidDataException();
            var json = new byte[headerLength];
            file.ReadExactly(json);
            var header = JsonNode.Parse(json) as JsonObject ?? throw new InvalidDataException();
            foreach (var (name, entry) in header)
            {
                if (name == MetadataKey)
                {
                    foreach (var (key, value) in entry!.AsObject()) metadata[key] = value!.GetValue<string>();
                    continue;
                }
                if (wanted?.Invoke(name) == false) continue;
                var shape = entry!["shape"]!.AsArray().Select(size => size!.GetValue<long>()).ToArray();
                var tensor = empty(shape, TypeOf(entry["dtype"]!.GetValue<string>())).DetachFromDisposeScope();
                tensors[name] = tensor;
                var begin = entry["data_offsets"]![0]!.GetValue<long>();
                if (entry["data_offsets"]![1]!.GetValue<long>() - begin != tensor.numel() * tensor.ElementSize) throw new InvalidDataException();
                file.Position = 8 + headerLength + begin;
                file.ReadExactly(tensor.bytes);
            }
            return (tensors, metadata);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or NullReferenceException or InvalidOperationException or ArgumentException)
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw new InvalidDataException($"{path} is not a complete safetensors file.", e);
        }
    }

    private static string TypeName(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Float64 => "F64",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        ScalarType.Byte => "U8",
        _ => throw new NotSupportedException($"Tensors of type {type} are not stored."),
    };

    private static ScalarType TypeOf(string name) => name switch
    {
        "F32" => ScalarType.Float32,
        "F64" => ScalarType.Float64,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        "U8" => ScalarType.Byte,
        _ => throw new InvalidDataException($"Tensors of type {name} are not read."),
    };
}
