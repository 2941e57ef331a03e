namespace Sweeps.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task Help_lists_every_command()
    {
        var result = await sweeps.RunAsync("--help");
        Assert.Equal(0, result.ExitCode);
        foreach (var command in new[] { "check", "plan", "run", "head, serve", "agent", "submit", "watch", "pause", "resume", "stop", "cancel", "machines", "list", "show", "export", "sample", "bench-decode", "doctor" }) Assert.Contains($"\n  {command} ", result.Output);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run", "a.yaml", "--slots", "many")]
    [InlineData("run", "a.yaml", "--slots", "0")]
    [InlineData("serve", "--port", "70000")]
    [InlineData("serve", "--no-agent", "--slots", "2")]
    [InlineData("agent", "--head", "elsewhere")]
    [InlineData("agent", "--name", "a/b")]
    [InlineData("pause")]
    [InlineData("lsit")]
    [InlineData("list", "extra")]
    [InlineData]
    public async Task A_wrong_command_line_is_answered_with_a_sentence_and_the_way_to_help(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Output));
        Assert.All(result.Error.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("sweeps: ", line));
        Assert.Contains("--help`.", result.Error);
    }
}
