using System.Text.RegularExpressions;

namespace Sweeps.EndToEnd;

/// <summary>Images cannot be built here; what they name must at least exist.</summary>
public sealed partial class ImageTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.PathOf("docker"), "*.Dockerfile").Select(path => Path.GetFileName(path)!)];

    [Theory, MemberData(nameof(Files))]
    public void Every_file_that_an_image_copies_exists_and_is_not_ignored(string file)
    {
        var ignored = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        var sources = Copy().Matches(File.ReadAllText(Repository.PathOf($"docker/{file}"))).SelectMany(match => match.Groups["sources"].Value.Trim().Split(' ')).ToArray();
        Assert.Contains("src", sources);
        Assert.All(sources, source => Assert.True(Path.Exists(Repository.PathOf(source)), source));
        Assert.DoesNotContain(sources, ignored.Contains);
    }

    [Theory, MemberData(nameof(Files))]
    public void The_command_that_an_image_starts_is_one_that_it_has(string file)
    {
        var text = File.ReadAllText(Repository.PathOf($"docker/{file}"));
        var command = EntryPoint().Match(text).Groups["path"].Value;
        var built = Copied().Matches(text).ToDictionary(match => match.Groups["to"].Value, match => match.Groups["from"].Value);
        var (place, source) = built.Single(pair => command.StartsWith(pair.Key + "/", StringComparison.Ordinal));
        var output = Path.Combine(source, command[(place.Length + 1)..]);
        Assert.True(File.Exists(Repository.PathOf(output[output.IndexOf("artifacts", StringComparison.Ordinal)..])), output);
    }

    [Fact]
    public void The_compose_file_builds_images_that_exist()
    {
        var files = DockerFile().Matches(File.ReadAllText(Repository.PathOf("docker/compose.yaml"))).Select(match => match.Groups["file"].Value).ToArray();
        Assert.Equal(Directory.GetFiles(Repository.PathOf("docker"), "*.Dockerfile").Length, files.Length);
        Assert.All(files, file => Assert.True(File.Exists(Repository.PathOf(file)), file));
    }

    [GeneratedRegex(@"^COPY (?!--from)(?<sources>.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^COPY --from=build (?<from>\S*artifacts/bin\S*) (?<to>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex("""^ENTRYPOINT \["dotnet", "(?<path>[^"]+)"\]$""", RegexOptions.Multiline)]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"dockerfile: (?<file>[^}\s]+)")]
    private static partial Regex DockerFile();
}
