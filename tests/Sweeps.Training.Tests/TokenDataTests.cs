using System.Runtime.InteropServices;
using Sweeps.Core.Gpt;
using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class TokenDataTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-tokens-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void NanoGPTs_files_are_tokens_from_the_first_byte_on()
    {
        Write("train.bin", [], Counting(0, 300));
        Write("val.bin", [], Counting(5000, 100));
        using var data = Open();
        Assert.Equal((300, 100), (data.TrainTokens.Length, data.ValidationTokens.Length));
        Assert.Equal(Longs(Counting(0, 300)), Read(data.TrainTokens, 0, 300));
        Assert.Equal(Longs(Counting(5010, 20)), Read(data.ValidationTokens, 10, 20));
    }

    [Fact]
    public void Modded_nanogpts_shards_are_one_text_in_the_order_of_their_names()
    {
        Write("fineweb_train_000002.bin", Header(150), Counting(100, 150));
        Write("fineweb_train_000001.bin", Header(100), Counting(0, 100));
        Write("fineweb_train_000003.bin", Header(50), Counting(250, 50));
        Write("fineweb_val_000000.bin", Header(100), Counting(5000, 100));
        using var data = Open();
        Assert.Equal((300, 100), (data.TrainTokens.Length, data.ValidationTokens.Length));
        // From within the first into the third, and from each boundary.
        Assert.Equal(Longs(Counting(90, 200)), Read(data.TrainTokens, 90, 200));
        foreach (var start in new[] { 0, 99, 100, 249, 250, 290 }) Assert.Equal(Longs(Counting(start, 10)), Read(data.TrainTokens, start, 10));
    }

    [Fact]
    public void One_file_is_split_after_nine_tenths()
    {
        Write("text.bin", [], Counting(0, 1001));
        using var data = new TokenData("tokens", Path.Combine(directory.FullName, "text.bin"), 50_304);
        Assert.Equal((900, 101), (data.TrainTokens.Length, data.ValidationTokens.Length));
        Assert.Equal([900], Read(data.ValidationTokens, 0, 1));
        Assert.Equal([1000], Read(data.ValidationTokens, 100, 1));
    }

    [Fact]
    public void Tokens_give_the_batches_of_the_same_text()
    {
        var text = new TextData("grammar", Grammar.Generate(20_000));
        Write("train.bin", [], text.Train.ToArray());
        Write("val.bin", Header(text.Validation.Length), text.Validation.ToArray());
        var options = new TrainingOptions { Data = $"tokens:{directory.FullName}", Vocabulary = text.Vocabulary, BatchSize = 4, Context = 32, Seed = 3 };
        using var tokens = DataSets.Open(options, ".", futures: 2);
        var loader = new BatchLoader(text, 4, 32, 2, seed: 3);
        Assert.Equal(text.Vocabulary, tokens.Vocabulary);
        for (var step = 0; step < 10; step++) AssertSame(loader.Training(step), tokens.Training(step));
        for (var index = 0; index < 3; index++) AssertSame(loader.Validation(index, 3), tokens.Validation(index, 3));

        static void AssertSame(Batch expected, Batch actual)
        {
            using (expected)
            using (actual)
            {
                Assert.Equal(expected.Tokens.data<long>().ToArray(), actual.Tokens.data<long>().ToArray());
                Assert.Equal(expected.Target(0).data<long>().ToArray(), actual.Target(0).data<long>().ToArray());
            }
        }
    }

    [Fact]
    public void A_file_larger_than_memory_allows_is_read_where_it_is_asked_for()
    {
        // 6 GB on the paper, a few pages on the disk: more tokens than an array could have.
        var path = Path.Combine(directory.FullName, "huge.bin");
        const long Count = 3_000_000_000;
        using (var file = File.Create(path))
        {
            file.SetLength(Count * sizeof(ushort));
            file.Seek(-20, SeekOrigin.End);
            file.Write(MemoryMarshal.AsBytes<ushort>(Counting(7, 10)));
        }
        var before = GC.GetTotalAllocatedBytes();
        using var data = new TokenData("tokens", path, 50_304);
        Assert.Equal(Count, data.TrainTokens.Length + data.ValidationTokens.Length);
        Assert.Equal(Longs(Counting(7, 10)), Read(data.ValidationTokens, data.ValidationTokens.Length - 10, 10));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Fact]
    public void Other_files_have_another_hash()
    {
        Write("train.bin", [], Counting(0, 20_000));
        Write("val.bin", [], Counting(0, 100));
        var first = Hash();
        Assert.Equal(first, Hash());
        Write("train.bin", [], Counting(1, 20_000));
        Assert.NotEqual(first, Hash());

        string Hash()
        {
            using var data = Open();
            return data.Sha256;
        }
    }

    [Fact]
    public void Documents_end_where_GPT2s_do()
    {
        Write("train.bin", [], Counting(0, 100));
        Write("val.bin", [], Counting(0, 100));
        using var gpt2 = Open(50_304);
        using var letters = Open(256);
        Assert.Equal((ushort?)50256, gpt2.DocumentEnd);
        Assert.Null(letters.DocumentEnd);
    }

    [Fact]
    public void A_token_outside_of_the_vocabulary_is_refused_with_the_fix()
    {
        Write("train.bin", [], Counting(0, 100));
        Write("val.bin", [], Counting(0, 100));
        using var data = Open(65);
        Assert.Equal(64, Read(data.TrainTokens, 60, 5)[^1]);
        Assert.Contains("has the token 65, but vocabulary is 65; set vocabulary", Assert.Throws<TrainingException>(() => Read(data.TrainTokens, 60, 6)).Message);
    }

    [Theory]
    [InlineData(new[] { 20240520, 2, 100 }, "has version 2")]
    [InlineData(new[] { 20240520, 1, 101 }, "is not complete: its header tells of 101 tokens, behind it are 100")]
    public void A_header_that_does_not_fit_is_refused(int[] start, string expected)
    {
        var header = new int[256];
        start.CopyTo(header, 0);
        Write("text.bin", header, Counting(0, 100));
        AssertRefused("text.bin", expected);
    }

    [Fact]
    public void What_is_not_there_or_not_tokens_is_refused()
    {
        AssertRefused("nowhere", "neither a directory nor a file " + Path.Combine(directory.FullName, "nowhere"));
        AssertRefused("", "has no *train*.bin");
        Write("train.bin", [], Counting(0, 100));
        AssertRefused("", "has no *val*.bin");
        File.WriteAllText(Path.Combine(directory.FullName, "odd.bin"), "abc");
        AssertRefused("odd.bin", "it has 3 bytes, an odd number");
        File.WriteAllText(Path.Combine(directory.FullName, "empty.bin"), "");
        AssertRefused("empty.bin", "it is empty");
    }

    [Fact]
    public void Bytes_are_tokens_and_split_90_5_5()
    {
        var path = Path.Combine(directory.FullName, "bytes");
        var bytes = Enumerable.Range(0, 2000).Select(i => (byte)(i * 7)).ToArray();
        File.WriteAllBytes(path, bytes);
        using var data = new ByteData("bytes", path, "0");
        Assert.Equal((256, 1800L, 100L), (data.Vocabulary, data.TrainTokens.Length, data.ValidationTokens.Length));
        Assert.Equal(bytes[..1800].Select(b => (long)b), Read(data.TrainTokens, 0, 1800));
        Assert.Equal(bytes[1800..1900].Select(b => (long)b), Read(data.ValidationTokens, 0, 100));
        Assert.Equal("naïve", data.Decode(System.Text.Encoding.UTF8.GetBytes("naïve").Select(b => (long)b)));
    }

    private static ushort[] Counting(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (ushort)i)];

    private static IEnumerable<long> Longs(ushort[] tokens) => tokens.Select(t => (long)t);

    private static int[] Header(int count)
    {
        var header = new int[256];
        (header[0], header[1], header[2]) = (20240520, 1, count);
        return header;
    }

    private static long[] Read(ITokenSequence tokens, long start, int count)
    {
        var read = new long[count];
        tokens.Read(start, read);
        return read;
    }

    private TokenData Open(int vocabulary = 50_304) => new("tokens", directory.FullName, vocabulary);

    private void Write(string name, int[] header, ushort[] tokens) =>
        File.WriteAllBytes(Path.Combine(directory.FullName, name), [.. MemoryMarshal.AsBytes<int>(header), .. MemoryMarshal.AsBytes<ushort>(tokens)]);

    private void AssertRefused(string name, string expected) =>
        Assert.Contains(expected, Assert.Throws<TrainingException>(() => new TokenData("tokens", Path.Combine(directory.FullName, name), 50_304)).Message);
}
