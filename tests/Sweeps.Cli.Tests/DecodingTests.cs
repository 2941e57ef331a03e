using System.Text.Json;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Tests;

public sealed class DecodingTests(DecodingSweeps trained) : IClassFixture<DecodingSweeps>
{
    [Fact]
    public async Task A_sample_goes_on_from_its_prompt_and_depends_on_its_seed_alone()
    {
        string[] command = ["sample", "heads", "--prompt", "Ada met ", "--tokens", "40", "--count", "2"];
        var first = await SampleAsync(command);
        var texts = first.Output.Split("\n---------------\n");
        Assert.Equal(2, texts.Length);
        Assert.All(texts, text => Assert.StartsWith("Ada met ", text));
        Assert.Equal(("Ada met ".Length + 40, "\n"), (texts[0].Length, texts[1][^1..]));
        Assert.NotEqual(texts[0], texts[1].TrimEnd('\n'));
        Assert.Matches(@"^head_kind=\w+ seed 1 of heads \(1\), step 10, val_loss \d\.\d{4}\n80 tokens, \d+ a second\n$", first.Error);
        Assert.Equal(first.Output, (await SampleAsync(command)).Output);
        Assert.NotEqual(first.Output, (await SampleAsync([.. command, "--sampling-seed", "2"])).Output);
    }

    [Fact]
    public async Task Greedy_text_is_the_same_by_every_method()
    {
        foreach (var (kind, methods) in new[] { ("parallel", "draft tree"), ("deepseek", "prophet") })
        {
            string[] command = ["sample", "heads", "--configuration", $"head_kind={kind}", "--temperature", "0", "--tokens", "25"];
            var expected = await SampleAsync(command);
            Assert.StartsWith("\n", expected.Output);      // the default prompt is a line end
            foreach (var method in methods.Split(' '))
            {
                var result = await SampleAsync([.. command, "--method", method, "--draft", "heads"]);
                Assert.Equal(expected.Output, result.Output);
                Assert.Contains("drafted tokens stayed of a round", result.Error);
            }
        }
    }

    [Fact]
    public async Task A_task_is_asked_a_question_where_no_prompt_is_given()
    {
        Assert.Matches(@"^\d{7}\n$", (await SampleAsync("sample", "adders")).Output);
        Assert.Matches(@"^0639\d{2}\n$", (await SampleAsync("sample", "adders", "--prompt", "0639", "--tokens", "2")).Output);
    }

    [Fact]
    public async Task Decoding_speed_is_a_table_of_the_methods_that_the_model_allows()
    {
        var parallel = await SampleAsync("bench-decode", "heads", "--configuration", "head_kind=parallel", "--draft", "heads", "--prompts", "2", "--repetitions", "1");
        var lines = parallel.Output.TrimEnd('\n').Split('\n');
        Assert.Matches(@"^method +tokens/s +accepted/round +speed-up +same as base$", lines[0]);
        Assert.Equal(["base", "draft", "self_speculative", "tree"], lines[1..].Select(line => line.Split(' ')[0]));
        Assert.Matches(@"^base +\d+ +0\.00 +1\.00 +yes$", lines[1]);
        Assert.All(lines[1..], line => Assert.Matches(@" \d+ +\d\.\d\d +\d+\.\d\d +yes$", line));

        var deepseek = await SampleAsync("bench-decode", "heads", "--configuration", "head_kind=deepseek", "--method", "prophet", "--prompts", "2", "--repetitions", "1", "--batch", "2", "--json");
        var speeds = JsonDocument.Parse(deepseek.Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(["base", "prophet"], speeds.Select(speed => speed.GetProperty("method").GetString()));
        Assert.All(speeds, speed => Assert.True(speed.GetProperty("tokens_per_second").GetDouble() > 0 && speed.GetProperty("same_as_base").GetBoolean()));
        Assert.Equal(1, speeds[0].GetProperty("speed_up").GetDouble());
    }

    [Fact]
    public async Task Sweeps_can_be_judged_by_what_is_measured_of_decoding()
    {
        var shown = await SampleAsync("show", "adders");
        Assert.Matches(@"configuration +seeds +decode_accepted_per_round ", shown.Output);
        Assert.Matches(@"decode_method=base +1 +0\.0000 ", shown.Output);
        Assert.Matches(@"decode_method=early_exit +1 +\d\.\d{4} ", shown.Output);
        var queries = await ResultsQueries.OpenAsync(trained.Sweeps.Database);
        foreach (var (metric, least, most) in new[] { ("decode_tokens_per_second", double.Epsilon, 1e9), ("decode_speedup", double.Epsilon, 1e9), ("decode_accepted_per_round", 0, 5) })
        {
            var curves = await queries.CurvesAsync(2, metric);
            Assert.Equal(2, curves.Count);
            Assert.All(curves, curve => Assert.InRange(Assert.Single(curve.Points).Value, least, most));
        }
        Assert.DoesNotContain("decode_speedup", await queries.MetricNamesAsync(1));
    }

    [Fact]
    public async Task A_sweep_measures_a_draft_by_the_length_of_its_drafts_and_trains_the_model_once()
    {
        await SampleAsync("export", "heads", "--configuration", "head_kind=parallel", "--format", "checkpoint", "-o", "draft.safetensors");
        const string Yaml =
            """
            name: drafts
            method: grid
            metric: {name: decode_accepted_per_round, goal: maximize}
            parameters:
              decode_method: {value: draft}
              decode_draft: {value: draft.safetensors}
              decode_gamma: {values: [2, 4]}
              data: {value: grammar}
              layers: {value: 1}
              attention_heads: {value: 2}
              width: {value: 16}
              context: {value: 32}
              batch_size: {value: 4}
              steps: {value: 10}
              warmup_steps: {value: 2}
              eval_every: {value: 10}
              eval_batches: {value: 2}
            seeds: 1
            baseline: {decode_gamma: 2}
            """;
        using var summary = JsonDocument.Parse((await SampleAsync("run", trained.Sweeps.Write("drafts.yaml", Yaml), "--json")).Output);
        Assert.Equal((9 + 2, 20), (summary.RootElement.GetProperty("steps_trained").GetInt32(), summary.RootElement.GetProperty("steps_without_sharing").GetInt32()));
        var accepted = summary.RootElement.GetProperty("configurations").EnumerateArray().Select(one => one.GetProperty("mean").GetDouble()).ToArray();
        Assert.InRange(accepted[0], 0, 2);
        Assert.InRange(accepted[1], 0, 4);
        Assert.Contains("drafts with nothing.safetensors, which does not exist", (await CheckAsync("nothing.safetensors")).Refusal(ExitCode.BadInput));
        Assert.Contains("decode_method draft needs a second model", (await CheckAsync("none")).Refusal(ExitCode.BadInput));

        Task<CommandResult> CheckAsync(string draft) => trained.Sweeps.RunAsync("check", trained.Sweeps.Write("another.yaml", Yaml.Replace("draft.safetensors", draft)));
    }

    [Theory]
    [InlineData("has no symbol \"Z\"", "sample", "heads", "--prompt", "Zoë")]
    [InlineData("Methods self_speculative and tree need heads", "sample", "adders", "--method", "tree")]
    [InlineData("whose symbols are not those of grammar", "sample", "heads", "--method", "draft", "--draft", "adders")]
    [InlineData("is not a complete safetensors file", "sample", "heads.yaml")]
    public async Task What_cannot_be_decoded_is_refused_with_one_sentence(string expected, params string[] command)
    {
        var result = await trained.Sweeps.RunAsync(command);
        Assert.Equal((ExitCode.BadInput, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n'), line => line.StartsWith("sweeps: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_there_is_refused() =>
        Assert.Contains("there is no file and no sweep nothing", (await trained.Sweeps.RunAsync("sample", "nothing")).Refusal(ExitCode.BadInput));

    [Theory]
    [InlineData("--temperature is a number from 0 on, not -1.", "sample", "heads", "--temperature", "-1")]
    [InlineData("--top-p is a number above 0 and at most 1, not 1.5.", "sample", "heads", "--top-p", "1.5")]
    [InlineData("--method is base, draft, early_exit, prophet, self_speculative, tree, not medusa.", "sample", "heads", "--method", "medusa")]
    public async Task A_number_or_method_that_is_none_is_refused(string expected, params string[] command)
    {
        var result = await trained.Sweeps.RunAsync(command);
        Assert.Equal(($"sweeps: {expected}\nsweeps: see `sweeps {command[0]} --help`.\n", ExitCode.Usage), (result.Error, result.ExitCode));
    }

    private async Task<CommandResult> SampleAsync(params string[] command)
    {
        var result = await trained.Sweeps.RunAsync(command);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result.Error}");
        return result;
    }
}
