using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// The safetensors format (Hugging Face, https://huggingface.co/docs/safetensors): 8 bytes with the header's length, a JSON header of names,
/// types, shapes and offsets, then the numbers, little-endian and row-major, without holes. Python's safetensors reads what this writes; what
/// its rules forbid is not read here either.
/// </summary>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int LongestHeader = 100_000_000;

    /// <summary>Types that are stored, by growing alignment: files hold the widest first, so that every tensor is aligned to its type.</summary>
    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("BOOL", ScalarType.Bool, 1), ("U8", ScalarType.Byte, 1), ("I8", ScalarType.Int8, 1), ("I16", ScalarType.Int16, 2), ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2), ("I32", ScalarType.Int32, 4), ("F32", ScalarType.Float32, 4), ("F64", ScalarType.Float64, 8), ("I64", ScalarType.Int64, 8),
    ];

    /// <summary>
    /// Writes a file so that it is there completely or not at all: under a temporary name, flushed to the disk, then renamed.
    /// </summary>
    /// <returns>The content's SHA-256 (hexadecimal) and size in bytes.</returns>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public static (string Sha256, long Bytes) Write(
        string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var header = new JsonObject { [MetadataKey] = JsonSerializer.SerializeToNode(metadata) };
        var sources = new List<Tensor>();
        long offset = 0;
        foreach (var (name, tensor) in tensors.OrderByDescending(entry => PlaceOf(entry.Tensor.dtype)).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var source = tensor.detach().cpu().contiguous();
            var (type, _, size) = Types[PlaceOf(source.dtype)];
            var length = source.numel() * size;
            header.Add(name, new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. source.shape.Select(extent => (JsonNode)extent)]),
                ["data_offsets"] = new JsonArray(offset, offset + length),
            });
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
    /// <param name="sha256">What the content's SHA-256 must be, hexadecimal, where all tensors are read; null for no check.</param>
    /// <exception cref="InvalidDataException">It is not a complete safetensors file, or of another content.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(
        string path, Func<string, bool>? wanted = null, string? sha256 = null)
    {
        if (wanted is not null && sha256 is not null) throw new ArgumentException("The hash is that of all tensors.", nameof(sha256));
        using var file = File.OpenRead(path);
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            var (entries, metadata, start) = ReadHeader(file);
            using var hash = sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (hash is not null)
            {
                var header = new byte[start];
                file.Position = 0;
                file.ReadExactly(header);
                hash.AppendData(header);
            }
            foreach (var entry in entries)
            {
                if (wanted?.Invoke(entry.Name) == false) continue;
                var tensor = empty(entry.Shape, entry.Type).DetachFromDisposeScope();
                tensors[entry.Name] = tensor;
                file.Position = start + entry.Begin;
                file.ReadExactly(tensor.bytes);
                // In the order of the file, which has no holes.
                hash?.AppendData(tensor.bytes);
            }
            if (hash is null || Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256) return (tensors, metadata);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or NullReferenceException or InvalidOperationException
            or ArgumentException or OverflowException or FormatException)
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw new InvalidDataException($"{path} is not a complete safetensors file: {(e is InvalidDataException ? e.Message : "its header cannot be understood")}", e);
        }
        foreach (var tensor in tensors.Values) tensor.Dispose();
        throw new InvalidDataException($"it is not what was written, whose SHA-256 was {sha256}");
    }

    /// <summary>The header, checked by the rules of the format's own implementation (huggingface/safetensors, Metadata::validate).</summary>
    private static (List<Entry> Entries, Dictionary<string, string> Metadata, long DataStart) ReadHeader(FileStream file)
    {
        var prefix = new byte[8];
        if (file.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8) throw new InvalidDataException("it ends in its first 8 bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader || (long)length > file.Length - 8) throw new InvalidDataException($"its header cannot have {length} bytes");
        var json = new byte[length];
        file.ReadExactly(json);
        if (json[0] != '{') throw new InvalidDataException("its header does not begin with {");

        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>();
        var header = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        foreach (var (name, node) in header)
        {
            if (name == MetadataKey)
            {
                foreach (var (key, value) in node!.AsObject()) metadata[key] = value!.GetValue<string>();
                continue;
            }
            var type = node!["dtype"]!.GetValue<string>();
            var place = Array.FindIndex(Types, known => known.Name == type);
            if (place < 0) throw new InvalidDataException($"tensors of type {type}, such as {name}, are not read");
            long[] shape = [.. node["shape"]!.AsArray().Select(extent => extent!.GetValue<long>())];
            if (node["data_offsets"]!.AsArray() is not [{ } begin, { } end] || shape.Any(extent => extent < 0))
                throw new InvalidDataException($"the shape or the offsets of {name} are impossible");
            entries.Add(new(name, Types[place].Type, shape, begin.GetValue<long>(), end.GetValue<long>()));
            if (shape.Aggregate((long)Types[place].Bytes, (bytes, extent) => checked(bytes * extent)) != entries[^1].End - entries[^1].Begin)
                throw new InvalidDataException($"the offsets of {name} do not fit its shape");
        }
        entries = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long covered = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != covered) throw new InvalidDataException($"{entry.Name} does not begin where the tensor before it ends");
            covered = entry.End;
        }
        if (covered != file.Length - file.Position) throw new InvalidDataException($"it has {file.Length - file.Position} bytes of numbers, its tensors have {covered}");
        return (entries, metadata, file.Position);
    }

    private static int PlaceOf(ScalarType type)
    {
        var place = Array.FindIndex(Types, known => known.Type == type);
        return place >= 0 ? place : throw new NotSupportedException($"Tensors of type {type} are not stored.");
    }

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
}
