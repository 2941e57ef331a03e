using Sweeps.Core.Gpt;
using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class EncodingTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-encoding-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData("grammar", "Ada met Ben.\n\"Where is the map?\"")]
    [InlineData("addition", "0639045")]
    [InlineData("polynomial", "+ 1 2 0 0 0 - 6 0 0 0 0 =")]
    [InlineData("induction", "kana barro went to the river .")]
    public void A_text_survives_encoding_and_decoding(string name, string text)
    {
        using var data = Open(name);
        var tokens = data.Encode(text);
        Assert.All(tokens, token => Assert.InRange(token, 0, data.Vocabulary - 1));
        Assert.Equal(text, data.Decode(tokens));
    }

    [Theory]
    [InlineData("grammar", 64)]
    [InlineData("addition", 32768)]
    public void A_padded_vocabulary_has_tokens_that_no_text_and_no_batch_has(string name, int multiple)
    {
        var options = new TrainingOptions { Data = name, Context = name == "grammar" ? 16 : 7, BatchSize = 4 };
        using var plain = DataSets.Open(options, ".", 1);
        using var padded = DataSets.Open(options with { PadVocabularyToMultipleOf = multiple }, ".", 1);
        Assert.Equal((multiple, plain.Sha256), (padded.Vocabulary, padded.Sha256));
        Assert.True(plain.Vocabulary < multiple);
        using var expected = plain.Training(3);
        using var batch = padded.Training(3);
        Assert.Equal(expected.Tokens.data<long>().ToArray(), batch.Tokens.data<long>().ToArray());
        var first = plain.Decode([1, 2]);
        Assert.Equal($"{first}\uFFFD\uFFFD{first}\uFFFD", padded.Decode([1, 2, multiple - 1, plain.Vocabulary, 1, 2, multiple - 1]));
        Assert.Equal(plain.Encode(first), padded.Encode(first));
    }

    [Fact]
    public void Characters_beyond_the_basic_plane_are_one_token_each()
    {
        var data = new TextData("file:poem.txt", string.Concat(Enumerable.Repeat("na\U0001F642ïve ", 10)));
        Assert.Equal(3, data.Encode("a\U0001F642ï").Length);
        Assert.Equal("a\U0001F642ï", data.Decode(data.Encode("a\U0001F642ï")));
    }

    [Fact]
    public void Bytes_are_those_of_utf_8_and_tokens_are_numbers()
    {
        var path = Path.Combine(directory.FullName, "some.bin");
        File.WriteAllBytes(path, new byte[400]);
        using var bytes = new ByteData("some", path, "");
        Assert.Equal([110L, 0xC3, 0xAF], bytes.Encode("nï"));
        using var tokens = new TokenData("tokens:some.bin", path, 50);
        Assert.Equal([3L, 49], tokens.Encode(" 3  49 "));
        Assert.Contains("no symbol \"50\": it has the numbers from 0 to 49", Assert.Throws<TrainingException>(() => tokens.Encode("3 50")).Message);
    }

    [Theory]
    [InlineData("grammar", "Ada & Ben", "has no symbol \"&\": it has \\n the space \\\" ")]
    [InlineData("grammar", "Zoë", "has no symbol \"Z\"")]
    [InlineData("addition", "6+39", "The data set addition of 2 digits has no symbol \"+\": it has 0 1 2 3 4 5 6 7 8 9.")]
    [InlineData("polynomial", "7 *", "has no symbol \"7\"")]
    [InlineData("induction", "kana went home", "has no symbol \"home\": it has ")]
    public void What_is_no_token_is_named(string name, string text, string message)
    {
        using var data = Open(name);
        Assert.Contains(message, Assert.Throws<TrainingException>(() => data.Encode(text)).Message);
    }

    private static IDataSet Open(string name) => DataSets.Open(new TrainingOptions { Data = name, Context = 100 }, ".", futures: 1);
}
