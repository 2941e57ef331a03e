namespace Sweeps.Cli.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_valid_file_is_told_its_size()
    {
        var result = await sweeps.RunAsync("check", sweeps.Write("a sweep.yaml", SweepFiles.Grid));
        Assert.Equal((0, "a sweep.yaml is valid: 2 configurations x 2 seeds = 4 runs, 80 steps.\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("heads: {values", "haeds: {values", "sweep.yaml:6:3: ", "\"heads\"")]
    [InlineData("seeds: 2", "seeds: 0", "sweep.yaml:", "seeds")]
    [InlineData("method: grid", "method: gird", "sweep.yaml:2:9: ", "grid")]
    [InlineData("parameters:", "parameters: [", "sweep.yaml:", "YAML")]
    public async Task An_error_names_file_line_column_and_fix(string right, string wrong, string place, string fix)
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace(right, wrong, StringComparison.Ordinal));
        foreach (var command in new[] { "check", "plan", "run" })
        {
            var refusal = (await sweeps.RunAsync(command, file)).Refusal(ExitCode.BadInput);
            Assert.StartsWith(place, refusal);
            Assert.Contains(fix, refusal);
        }
        Assert.False(Directory.Exists(sweeps.Home));
    }

    [Fact]
    public async Task All_errors_are_reported_at_once()
    {
        var text = SweepFiles.Grid.Replace("seeds: 2", "seeds: 0", StringComparison.Ordinal).Replace("heads: {values", "haeds: {values", StringComparison.Ordinal);
        var result = await sweeps.RunAsync("check", sweeps.Write("sweep.yaml", text));
        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        Assert.Contains("haeds", result.Error);
        Assert.Contains("seeds", result.Error);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        Assert.Contains("there is no sweep file nothing/here.yaml", (await sweeps.RunAsync("run", "nothing/here.yaml")).Refusal(ExitCode.BadInput));
        Assert.Contains(". is a directory", (await sweeps.RunAsync("check", ".")).Refusal(ExitCode.BadInput));
    }

    [Fact]
    public async Task Missing_data_is_found_before_anything_is_trained()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace("data: {value: grammar}", "data: {value: \"file:novel.txt\"}", StringComparison.Ordinal));
        foreach (var command in new[] { "check", "plan", "run" })
        {
            var refusal = (await sweeps.RunAsync(command, file)).Refusal(ExitCode.BadInput);
            Assert.Contains($"novel.txt, which does not exist (looked for {Path.Combine(sweeps.Directory, "novel.txt")})", refusal);
        }
        Assert.False(Directory.Exists(sweeps.Home));
        sweeps.Write("novel.txt", "It was a dark and stormy night.");
        Assert.Equal(0, (await sweeps.RunAsync("check", file)).ExitCode);
    }
}
