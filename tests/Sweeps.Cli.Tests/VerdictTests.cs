using System.Text.Json;

namespace Sweeps.Cli.Tests;

public sealed class VerdictTests(TrainedSweep trained) : IClassFixture<TrainedSweep>
{
    [Fact]
    public async Task Without_another_target_it_is_the_stored_one()
    {
        var verdict = await trained.Sweeps.RunAsync("verdict", "tiny");
        Assert.Equal((0, ""), (verdict.ExitCode, verdict.Error));
        var stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Results, "summary.json"))).RootElement.GetProperty("verdict").GetString();
        Assert.Equal(stored + "\n", verdict.Output);
    }

    [Fact]
    public async Task A_stored_sweep_is_judged_against_another_target_and_stays_as_it_is()
    {
        // Every run ends below it.
        var easy = JsonDocument.Parse((await trained.Sweeps.RunAsync("verdict", "1", "--target", "3.75", "--json")).Output).RootElement;
        Assert.Equal(3.75, easy.GetProperty("target").GetDouble());
        Assert.All(easy.GetProperty("configurations").EnumerateArray(), configuration => Assert.Equal(2, configuration.GetProperty("reached").GetInt32()));
        // Both have one head's logits: what they need in operations is what they need in tokens.
        var two = easy.GetProperty("configurations")[1];
        Assert.True(two.GetProperty("flops_to_target").GetDouble() > 1e6);
        Assert.Equal(two.GetProperty("efficiency").GetProperty("value").GetDouble(), two.GetProperty("flop_efficiency").GetProperty("value").GetDouble(), 1e-9);
        var hard = await trained.Sweeps.RunAsync("verdict", "1", "--target", "0.001");
        Assert.Contains("The target 0.0010 was never reached by heads=1 (2 of 2 seeds); heads=2 (2 of 2 seeds).\n", hard.Output);
        Assert.Equal(File.ReadAllText(Path.Combine(trained.Results, "summary.json")), (await trained.Sweeps.RunAsync("show", "tiny", "--json")).Output);
    }

    [Theory]
    [InlineData("0", "sweeps: --target is a loss in nats per token, above 0, not 0.")]
    [InlineData("NaN", "sweeps: --target is a loss in nats per token, above 0, not NaN.")]
    public async Task A_target_that_the_metric_cannot_have_is_refused(string target, string message) =>
        Assert.Equal(message, (await trained.Sweeps.RunAsync("verdict", "1", "--target", target)).Refusal(ExitCode.BadInput));

    [Fact]
    public async Task A_stored_sweep_is_judged_by_another_metric_that_it_reported()
    {
        var other = JsonDocument.Parse((await trained.Sweeps.RunAsync("verdict", "tiny", "--metric", "tokens_per_second", "--json")).Output).RootElement;
        Assert.Equal(("tokens_per_second", "maximize", JsonValueKind.Null),
            (other.GetProperty("metric").GetString(), other.GetProperty("goal").GetString(), other.TryGetProperty("target", out var target) ? target.ValueKind : JsonValueKind.Null));
        Assert.All(other.GetProperty("configurations").EnumerateArray(), configuration => Assert.True(configuration.GetProperty("mean").GetDouble() > 100));
        Assert.Contains("Evidence: the final training loss of 2 seeds of each of 2 configurations.", (await trained.Sweeps.RunAsync("verdict", "tiny", "--metric", "train_loss")).Output);
        Assert.Contains("The target 9.0000 was reached by every finished run.", (await trained.Sweeps.RunAsync("verdict", "tiny", "--metric", "train_loss", "--target", "9")).Output);
        var own = await trained.Sweeps.RunAsync("verdict", "tiny", "--metric", "val_loss");
        Assert.Equal((await trained.Sweeps.RunAsync("verdict", "tiny")).Output, own.Output);
    }

    [Theory]
    [InlineData("--metric accuracy", "sweeps: --metric accuracy: the sweep can be judged by peak_memory_mib, tokens_per_second, train_loss, val_loss.")]
    [InlineData("--metric gradient_norm", "sweeps: --metric gradient_norm: the sweep can be judged by peak_memory_mib, tokens_per_second, train_loss, val_loss.")]
    [InlineData("--metric train_loss --goal maximize", "sweeps: --goal is known of train_loss, which the built-in trainer reports; leave it out.")]
    [InlineData("--metric train_loss --target 0", "sweeps: --target is a loss in nats per token, above 0, not 0.")]
    public async Task A_metric_that_the_sweep_cannot_be_judged_by_is_refused(string options, string message) =>
        Assert.Equal(message, (await trained.Sweeps.RunAsync(["verdict", "tiny", .. options.Split(' ')])).Refusal(ExitCode.BadInput));

    [Fact]
    public async Task A_goal_alone_is_a_wrong_command_line()
    {
        var alone = await trained.Sweeps.RunAsync("verdict", "tiny", "--goal", "maximize");
        Assert.Equal(ExitCode.Usage, alone.ExitCode);
        Assert.StartsWith("sweeps: --goal belongs to --metric NAME.\n", alone.Error);
    }

    [Fact]
    public async Task A_target_that_is_no_number_is_a_wrong_command_line() => Assert.Equal(ExitCode.Usage, (await trained.Sweeps.RunAsync("verdict", "1", "--target", "low")).ExitCode);
}
