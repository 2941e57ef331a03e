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
