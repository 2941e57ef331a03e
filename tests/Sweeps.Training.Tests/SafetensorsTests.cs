using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Sweeps.Core.Gpt;
using Sweeps.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

/// <summary>Files against the rules of the format's specification and of its implementation (huggingface/safetensors, tensor.rs).</summary>
public sealed class SafetensorsTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-safetensors-");

    private string File => Path.Combine(directory.FullName, "file.safetensors");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void A_written_file_keeps_every_rule_of_the_format()
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(File,
        [
            ("b", tensor([1.5f, -2f, float.NaN, 4f, 5f, 6f], [2, 3])), ("bytes", tensor(new byte[] { 1, 2, 3 }, [3])), ("halves", ones([3], bfloat16)),
            ("ünïcode \"quoted\"", tensor([long.MinValue, 7L], [2])), ("a", tensor([0.1, 0.2, 0.3], [3])), ("scalar", tensor([3f], [])), ("empty", zeros([0, 4])),
            ("turned", tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]).transpose(0, 1)),
        ], new Dictionary<string, string> { ["format"] = "pt", ["text"] = "a \"b\" \n é" });

        var read = SafetensorsSpecification.Read(System.IO.File.ReadAllBytes(File));
        Assert.Equal(new Dictionary<string, string> { ["format"] = "pt", ["text"] = "a \"b\" \n é" }, read.Metadata);
        // The widest types first, then by name: everything is aligned.
        Assert.Equal(["ünïcode \"quoted\"", "a", "b", "empty", "scalar", "turned", "halves", "bytes"], read.Tensors.Select(t => t.Name));
        Assert.Equal([1.5f, -2f, float.NaN, 4f, 5f, 6f], MemoryMarshal.Cast<byte, float>(read["b"].Data).ToArray());
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], MemoryMarshal.Cast<byte, float>(read["turned"].Data).ToArray());
        Assert.Equal([long.MinValue, 7L], MemoryMarshal.Cast<byte, long>(read["ünïcode \"quoted\""].Data).ToArray());
        Assert.Equal(([], "F32"), (read["scalar"].Shape, read["scalar"].Type));
        Assert.Equal([0L, 4L], read["empty"].Shape);
        Assert.Equal("803F803F803F", string.Concat(read["halves"].Data.Select(b => b.ToString("X2", CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_checkpoint_keeps_every_rule_of_the_format()
    {
        using var trainer = new Trainer(new TrainingOptions { Layers = 1, Width = 8, Context = 8, Data = "grammar", Bias = true }, ".");
        var notice = trainer.Save(directory.FullName);
        var read = SafetensorsSpecification.Read(System.IO.File.ReadAllBytes(notice.Path));
        Assert.Equal(["sweeps"], read.Metadata.Keys);
        foreach (var (name, parameter) in trainer.Model.named_parameters())
        {
            Assert.Equal(parameter.shape, read["model." + name].Shape);
            Assert.Equal(parameter.bytes.ToArray(), read["model." + name].Data);
        }
    }

    [Fact]
    public void What_was_written_is_read_again_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        (string, Tensor)[] tensors = [("x", randn([3, 5])), ("y", tensor(new byte[] { 9, 8 }, [2])), ("z", randn([2]).to(bfloat16)), ("none", zeros([2, 0]))];
        Safetensors.Write(File, tensors, new Dictionary<string, string>());
        var (read, metadata) = Safetensors.Read(File);
        Assert.Empty(metadata);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal((tensor.dtype, Convert.ToHexString(tensor.bytes)), (read[name].dtype, Convert.ToHexString(read[name].bytes)));
            Assert.Equal(tensor.shape, read[name].shape);
        }
    }

    [Fact]
    public void A_file_in_any_order_of_its_tensors_is_read()
    {
        Store("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", [0, 0, 0, 0, 0, 0, 128, 63]);
        var (read, _) = Safetensors.Read(File);
        Assert.Equal((0f, 1f), (read["a"].item<float>(), read["b"].item<float>()));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "it has 8 bytes of numbers, its tensors have 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "it has 4 bytes of numbers, its tensors have 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a does not begin where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "b does not begin where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "the offsets of a do not fit its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}""", 4, "the shape or the offsets of a are impossible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "its header cannot be understood")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4, "tensors of type F4, such as a, are not read")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "its header cannot be understood")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "its header cannot be understood")]
    [InlineData(""" {"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "does not begin with {")]
    [InlineData("[]", 0, "does not begin with {")]
    [InlineData("""{"a":{"dtype":"U8"}}""", 0, "its header cannot be understood")]
    [InlineData("""{"a":""", 0, "its header cannot be understood")]
    public void A_file_that_breaks_a_rule_is_refused_with_the_reason(string header, int bytes, string reason)
    {
        Store(header, new byte[bytes]);
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Read(File));
        Assert.Contains("is not a complete safetensors file", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.ThrowsAny<Exception>(() => SafetensorsSpecification.Read(System.IO.File.ReadAllBytes(File)));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(1UL)]
    [InlineData(56UL)]
    public void A_header_of_an_impossible_length_is_refused(ulong length)
    {
        System.IO.File.WriteAllBytes(File, [.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""")]);
        Assert.Contains("its header cannot have", Assert.Throws<InvalidDataException>(() => Safetensors.Read(File)).Message);
    }

    [Fact]
    public void Two_tensors_of_one_name_are_not_written()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Safetensors.Write(File, [("a", zeros([1])), ("a", zeros([1]))], new Dictionary<string, string>()));
        Assert.False(System.IO.File.Exists(File));
    }

    private void Store(string header, byte[] data) =>
        System.IO.File.WriteAllBytes(File, [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data]);
}
