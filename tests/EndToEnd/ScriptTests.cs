using YamlDotNet.Serialization;

namespace Sweeps.EndToEnd;

/// <summary>The scripts of the checkout, which every user meets first.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps scripts ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Files_are_found_from_the_callers_directory_also_through_a_link()
    {
        File.CreateSymbolicLink(Path.Combine(directory.FullName, "my sweeps"), Repository.PathOf("sweeps"));
        File.Copy(Repository.PathOf("experiments/quickstart.yaml"), Path.Combine(directory.FullName, "a file.yaml"));
        var (exitCode, output, error) = await Repository.ShellAsync("'./my sweeps' check 'a file.yaml'", directory.FullName);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("a file.yaml is valid: ", output);
    }

    [Fact]
    public async Task A_libtorch_that_is_none_is_refused_with_one_sentence()
    {
        var (exitCode, output, error) = await Repository.ShellAsync("./sweeps list", Repository.Root, ("LIBTORCH", directory.FullName));
        if (await File.ReadAllTextAsync(Repository.PathOf("packages.props"), TestContext.Current.CancellationToken) is var props
            && props.Contains("<UseTorchSharp Condition=\"'$(UseTorchSharp)' == ''\">package<", StringComparison.Ordinal)) Assert.Skip("TorchSharp's package brings its own libtorch.");
        Assert.Equal((1, $"sweeps: LIBTORCH={directory.FullName} is not a libtorch: lib/libtorch.so and include/ATen were looked for there.\n", ""), (exitCode, error, output));
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Questions_are_answered_by_one_command_which_trains_what_is_complete_not_again()
    {
        string[] names = ["heads", "widths"];
        foreach (var (name, parameter) in names.Zip(["heads: {values: [1, 2]}", "width: {values: [8, 16]}"]))
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, $"{name}.yaml"), $$"""
                name: {{name}}
                description: Which {{name}} are best?
                claim: More are better.
                method: grid
                parameters:
                  {{parameter}}
                  data: {value: grammar}
                  layers: {value: 1}
                  attention_heads: {value: 1}
                  context: {value: 8}
                  batch_size: {value: 2}
                  steps: {value: 4}
                  eval_every: {value: 2}
                  eval_batches: {value: 1}
                seeds: 2

                """, TestContext.Current.CancellationToken);
        var first = await AnswerAsync("-o answers/RESULTS.md heads.yaml widths.yaml");
        Assert.True(first.ExitCode == 0, first.Error);
        var document = Path.Combine(directory.FullName, "answers", "RESULTS.md");
        var answers = await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken);
        Assert.All(names, name => Assert.Contains($"## {name}\n\nWhich {name} are best?\n\n**Claim.** More are better.\n\n**Answer.** ", answers));
        Assert.All(Markdown.Pictures(answers), picture => Assert.True(File.Exists(Path.Combine(directory.FullName, "answers", picture)), picture));
        Assert.NotEmpty(Markdown.Pictures(answers));

        File.Delete(document);
        await File.AppendAllTextAsync(Path.Combine(directory.FullName, "widths.yaml"), "priority: 60\n", TestContext.Current.CancellationToken);
        var second = await AnswerAsync("-o answers/RESULTS.md heads.yaml widths.yaml");
        Assert.DoesNotContain("heads", second.Output);
        Assert.Contains("widths (3), completed", second.Output);
        // What was trained is told of the sweep that trained it.
        Assert.Contains("16 steps were trained, 16 were taken from earlier sweeps", await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken));

        Assert.Equal((2, "usage: experiments/answer [--list] [-o FILE SWEEP.yaml...]\n"), await AnswerAsync("heads.yaml") is var wrong ? (wrong.ExitCode, wrong.Error) : default);

        Task<(int ExitCode, string Output, string Error)> AnswerAsync(string arguments) =>
            Repository.ShellAsync($"'{Repository.PathOf("experiments/answer")}' {arguments}", directory.FullName, ("SWEEPS_HOME", "home"));
    }

    [Fact]
    public async Task The_answers_that_are_kept_are_those_of_the_questions_as_they_are_asked()
    {
        var answers = await File.ReadAllTextAsync(Repository.PathOf("experiments/RESULTS.md"), TestContext.Current.CancellationToken);
        var (exitCode, output, error) = await Repository.ShellAsync("experiments/answer --list", Repository.Root);
        Assert.Equal((0, ""), (exitCode, error));
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(names, answers.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]));
        foreach (var name in names)
        {
            var sweep = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(
                await File.ReadAllTextAsync(Repository.PathOf($"experiments/{name}.yaml"), TestContext.Current.CancellationToken));
            foreach (var key in new[] { "description", "claim" }.Where(sweep.ContainsKey)) Assert.Contains(sweep[key].ToString()!.Trim(), Plain(answers));
        }
        Assert.All(Markdown.Pictures(answers), picture => Assert.True(File.Exists(Repository.PathOf($"experiments/{picture}")), picture));

        static string Plain(string text) => text.Replace("\\", "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_experiment_is_valid()
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf("experiments"), "*.yaml", SearchOption.AllDirectories))
        {
            var (exitCode, _, error) = await Repository.ShellAsync($"./sweeps check '{file}'", Repository.Root);
            // One that needs a file of an earlier experiment says how to write it.
            if (exitCode != 0) Assert.Matches(@"drafts with \S+, which does not exist .*; `sweeps export SWEEP --format checkpoint -o \S+` writes it\.$", error.TrimEnd());
            else Assert.Equal("", error);
        }
    }
}
