using System.Text.Json;

namespace Sweeps.Cli.Tests;

/// <summary>What an earlier sweep has trained is not trained again.</summary>
public sealed class ReuseTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_sweep_that_was_trained_before_is_complete_at_once_with_the_same_answer()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        var first = await AnswerOf("run", file, "--json");
        Assert.Contains("\n80 steps come from sweep tiny (1); 0 steps are left to train.\n", (await sweeps.RunAsync("plan", file)).Output);
        var second = await AnswerOf("run", file, "--json");
        Assert.Equal((2, 0, 80), (second.GetProperty("id").GetInt32(), second.GetProperty("steps_trained").GetInt32(), second.GetProperty("steps_reused").GetInt32()));
        Assert.Equal(first.GetProperty("verdict").GetString(), second.GetProperty("verdict").GetString());
        Assert.Equal(first.GetProperty("configurations").GetRawText(), second.GetProperty("configurations").GetRawText());
        Assert.Contains("80 reused from earlier sweeps", (await sweeps.RunAsync("show", "2")).Output);
        Assert.Matches(@"2 +tiny +completed +4/4 +100%", (await sweeps.RunAsync("list")).Output);
        var third = await AnswerOf("run", file, "--json", "--no-share");
        Assert.Equal((80, 0), (third.GetProperty("steps_trained").GetInt32(), third.GetProperty("steps_reused").GetInt32()));
    }

    private async Task<JsonElement> AnswerOf(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
