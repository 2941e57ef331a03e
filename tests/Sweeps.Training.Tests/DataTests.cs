using Sweeps.Training.Data;

namespace Sweeps.Training.Tests;

public sealed class DataTests
{
    private static readonly string Letters = string.Concat(Enumerable.Range(0, 30).Select(i => "abcdefghij"[i * 7 % 10]));

    [Fact]
    public void Every_legal_start_occurs_and_no_other()
    {
        // Each symbol once, so that a window's first symbol is its start. Validation: the last tenth, 20 tokens.
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => (char)(0x4e00 + i)));
        var data = new TextData("symbols", text);
        foreach (var n in new[] { 1, 4 })
        {
            const int T = 16;
            var loader = new BatchLoader(data, sequences: 50, T, n, seed: 3);
            var starts = new HashSet<long>();
            for (var step = 0; step < 200; step++)
            {
                using var batch = loader.Training(step);
                var x = batch.Tokens.data<long>().ToArray();
                for (var b = 0; b < 50; b++) starts.Add(x[b * T]);
                // y[b, t, j] = data[o + t + j + 1]
                for (var j = 0; j < n; j++) Assert.Equal(x.Select(token => token + j + 1), batch.Target(j).data<long>().ToArray());
            }
            Assert.Equal(Enumerable.Range(0, 180 - T - n + 1).Select(i => (long)i), starts.Order());
        }
    }

    [Fact]
    public void More_future_tokens_see_the_same_windows()
    {
        var data = new TextData("grammar", Grammar.Generate(20_000));
        var one = new BatchLoader(data, 8, 32, 1, seed: 5);
        var four = new BatchLoader(data, 8, 32, 4, seed: 5);
        for (var step = 0; step < 20; step++)
        {
            using var a = one.Training(step);
            using var b = four.Training(step);
            Assert.Equal(a.Tokens.data<long>().ToArray(), b.Tokens.data<long>().ToArray());
            Assert.Equal(a.Target(0).data<long>().ToArray(), b.Target(0).data<long>().ToArray());
        }
    }

    [Fact]
    public void Batches_depend_on_seed_and_step_alone()
    {
        var data = new TextData("grammar", Grammar.Generate(20_000));
        Assert.Equal(Tokens(1, 10), Tokens(1, 10));
        Assert.NotEqual(Tokens(1, 10), Tokens(1, 11));
        Assert.NotEqual(Tokens(1, 10), Tokens(2, 10));

        long[] Tokens(int seed, int step)
        {
            using var batch = new BatchLoader(data, 4, 32, 1, seed).Training(step);
            return batch.Tokens.data<long>().ToArray();
        }
    }

    [Fact]
    public void A_smaller_batch_is_the_beginning_of_a_larger_one()
    {
        using var windows = new BatchLoader(new TextData("grammar", Grammar.Generate(20_000)), 8, 32, 2, seed: 5);
        using var task = new TaskDataSet(new Addition(2, reversed: true), 8, 32, 2, seed: 5);
        foreach (var data in new IDataSet[] { windows, task })
        {
            using var large = data.Training(3);
            using var small = data.Training(3, sequences: 2);
            Assert.Equal((8, 32, 2, 32), (large.Sequences, large.Context, small.Sequences, small.Context));
            Assert.Equal(large.Tokens.data<long>().ToArray()[..64], small.Tokens.data<long>().ToArray());
            Assert.Equal(large.Target(1).data<long>().ToArray()[..64], small.Target(1).data<long>().ToArray());
        }
    }

    [Fact]
    public void A_shorter_context_is_cut_from_everywhere_in_the_text()
    {
        var data = new TextData("symbols", string.Concat(Enumerable.Range(0, 200).Select(i => (char)(0x4e00 + i))));
        using var loader = new BatchLoader(data, sequences: 50, context: 16, futures: 1, seed: 3);
        var starts = new HashSet<long>();
        for (var step = 0; step < 200; step++)
        {
            using var batch = loader.Training(step, context: 4);
            var (x, y) = (batch.Tokens.data<long>().ToArray(), batch.Target(0).data<long>().ToArray());
            Assert.Equal(x.Select(token => token + 1), y);
            for (var b = 0; b < 50; b++) starts.Add(x[b * 4]);
        }
        Assert.Equal(Enumerable.Range(0, 180 - 4).Select(i => (long)i), starts.Order());
    }

    [Fact]
    public void Validation_windows_reach_from_the_first_to_the_last_token()
    {
        var data = new TextData("grammar", Grammar.Generate(20_000));
        var loader = new BatchLoader(data, 4, 32, 3, seed: 1);
        var validation = data.Validation.ToArray();
        using var first = loader.Validation(0, 5);
        using var last = loader.Validation(4, 5);
        Assert.Equal(validation[..32].Select(t => (long)t), first.Tokens.data<long>().ToArray()[..32]);
        Assert.Equal(validation[^1], last.Target(0).data<long>().ToArray()[^1]);
    }

    [Fact]
    public void A_text_shorter_than_a_window_is_refused_with_the_numbers()
    {
        var error = Assert.Throws<TrainingException>(() => new BatchLoader(new TextData("letters", Letters), 1, 64, 1, 1));
        Assert.Contains("letters is too short: its smaller part has 3 tokens, context 64 and 1 future tokens need 65", error.Message);
    }

    [Fact]
    public void Tinyshakespeare_is_split_as_in_nanoGPT()
    {
        var directory = SharedData.Directory();
        Assert.SkipWhen(directory is null, "tinyshakespeare.txt is not on this machine; set SWEEPS_DATA to its directory.");
        var data = DataSets.Load("tinyshakespeare", directory);
        Assert.Equal(65, data.Vocabulary);
        Assert.Equal((1_003_854, 111_540), (data.Train.Length, data.Validation.Length));
        Assert.StartsWith("First Citizen:\nBefore we proceed any further", data.Decode(data.Train[..60].ToArray().Select(t => (long)t)));
        Assert.Equal("86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed", data.Sha256);
    }

    [Fact]
    public void A_wrong_tinyshakespeare_is_refused_and_named()
    {
        var directory = Directory.CreateTempSubdirectory();
        File.WriteAllText(Path.Combine(directory.FullName, "tinyshakespeare.txt"), "To be, or not to be");
        var error = Assert.Throws<TrainingException>(() => DataSets.Load("tinyshakespeare", directory.FullName));
        Assert.Contains("is not tinyshakespeare: its SHA-256 is", error.Message);
        directory.Delete(recursive: true);
    }

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
    {
        var error = Assert.Throws<TrainingException>(() => DataSets.Load("file:no/such.txt", "."));
        Assert.Contains(Path.GetFullPath("no/such.txt"), error.Message);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.Contains("choose tinyshakespeare, grammar or file:PATH", Assert.Throws<TrainingException>(() => DataSets.Load("shakespear", ".")).Message);

    [Fact]
    public void The_grammar_writes_the_same_text_every_time()
    {
        var text = Grammar.Generate(10_000);
        Assert.Equal(text, Grammar.Generate(10_000));
        Assert.NotEqual(text, Grammar.Generate(10_000, seed: 2));
        Assert.InRange(text.Length, 10_000, 11_000);
        Assert.EndsWith(".\n", text);
        Assert.StartsWith(text[..9_000], Grammar.Generate(400_000));
    }
}
