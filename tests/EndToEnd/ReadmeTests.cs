using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Sweeps.EndToEnd;

/// <summary>What README.md and the pages for users show is what works: their sweep files are checked and their commands are run, in order.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps readme ");

    private readonly Stack<Process> staying = [];

    public void Dispose()
    {
        foreach (var process in staying) process.Kill();
        directory.Delete(recursive: true);
    }

    /// <summary>In an order in which each finds what the ones before have trained, and a home that no head has taken yet.</summary>
    private static readonly string[] Pages = ["docs/sweeps.md", "README.md", "docs/verdict.md", "docs/results.md", "docs/troubleshooting.md"];

    private static string Readme => File.ReadAllText(Repository.PathOf("README.md"));

    [Fact]
    public async Task Every_sweep_file_that_they_show_is_valid()
    {
        var files = Shown("yaml");
        Assert.NotEmpty(files);
        foreach (var yaml in files)
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "sweep.yaml"), yaml, TestContext.Current.CancellationToken);
            var (exitCode, _, error) = await Repository.ShellAsync($"'{Repository.PathOf("sweeps")}' check sweep.yaml", directory.FullName);
            Assert.Equal((0, ""), (exitCode, error));
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Every_command_that_they_show_works()
    {
        // A place of its own with the names that the commands use; results and the database go there.
        foreach (var name in new[] { "sweeps", "experiments" })
            File.CreateSymbolicLink(Path.Combine(directory.FullName, name), Repository.PathOf(name));
        var commands = Pages.SelectMany(page => Markdown.Commands(File.ReadAllText(Repository.PathOf(page)))).Where(command => !command.StartsWith("./test", StringComparison.Ordinal)).Distinct().ToArray();
        Assert.Contains("./sweeps run experiments/quickstart.yaml", commands);
        foreach (var command in commands)
        {
            if (Stays(command))
            {
                await StartAsync(command);
                continue;
            }
            var (exitCode, output, error) = await Repository.ShellAsync(command, directory.FullName, ("SWEEPS_HOME", Path.Combine(directory.FullName, "home")));
            Assert.True(exitCode == 0, $"{command} ended with exit code {exitCode}:\n{error}\n{output}");
        }
        // The last that was started ends first: agents before their head.
        while (staying.TryPop(out var process))
        {
            using (process)
            {
                Assert.Equal(0, SendSignal(process.Id, 15));
                var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(process.ExitCode == 0, error);
            }
        }
        var results = Assert.Single(Directory.GetDirectories(Path.Combine(directory.FullName, "results"), "quickstart-*"));
        foreach (var file in ResultFile().Matches(File.ReadAllText(Repository.PathOf("docs/results.md"))).Select(match => match.Groups["file"].Value))
            Assert.True(File.Exists(Path.Combine(results, file)), $"docs/results.md promises {file}");
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (var page in Directory.GetFiles(Repository.PathOf("docs"), "*.md").Append(Repository.PathOf("README.md")))
            foreach (var (file, anchor) in Link().Matches(File.ReadAllText(page)).Select(match => (match.Groups["file"].Value, match.Groups["anchor"].Value)))
            {
                var target = file.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, file);
                Assert.True(Path.Exists(target), $"{Path.GetFileName(page)} leads to {file}");
                if (anchor.Length > 0) Assert.Contains(anchor, Heading().Matches(File.ReadAllText(target)).Select(match => Anchor(match.Groups["text"].Value)));
            }

        static string Anchor(string heading) => string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-')).Replace(' ', '-');
    }

    /// <summary>This test is run by ./test, which must not be started again from here.</summary>
    [Fact]
    public async Task The_options_of_the_test_script_are_those_that_it_shows()
    {
        var shown = Markdown.Commands(Readme).Where(command => command.StartsWith("./test", StringComparison.Ordinal)).SelectMany(command => command.Split(' ').Skip(1)).ToArray();
        Assert.NotEmpty(shown);
        var script = await File.ReadAllTextAsync(Repository.PathOf("test"), TestContext.Current.CancellationToken);
        foreach (var argument in shown.Where(argument => !int.TryParse(argument, out _)))
            Assert.True(argument.StartsWith('-') ? script.Contains($"{argument})", StringComparison.Ordinal) : Directory.Exists(Repository.PathOf($"tests/{argument}")), argument);
        var (exitCode, _, error) = await Repository.ShellAsync("./test --unknown", Repository.Root);
        Assert.Equal((2, "test: unknown option --unknown; use ./test [--quick] [PROJECT...]\n"), (exitCode, error));
        (exitCode, _, error) = await Repository.ShellAsync("./test --chaos many", Repository.Root);
        Assert.Equal((2, "test: --chaos stands alone, with the number of kills: ./test --chaos 100\n"), (exitCode, error));
    }

    [Fact]
    public void The_exit_codes_are_those_of_the_program()
    {
        var source = File.ReadAllText(Repository.PathOf("src/Sweeps.Cli/ExitCode.cs"));
        var known = ExitCode().Matches(source).Select(match => match.Groups["code"].Value);
        Assert.Equal(known, ExitCodeRow().Matches(Readme).Select(match => match.Groups["code"].Value));
    }

    [Fact]
    public void Every_path_in_its_layout_exists()
    {
        var rows = PathRow().Matches(Readme).SelectMany(match => BackQuoted().Matches(match.Value)).Select(match => match.Groups["path"].Value).ToArray();
        Assert.Contains("src/Sweeps.Cli", rows);
        Assert.All(rows, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
    }

    private static string[] Shown(string language) => [.. Pages.SelectMany(page => Markdown.Blocks(File.ReadAllText(Repository.PathOf(page)), language))];

    /// <summary>Whether a command goes on until it is ended.</summary>
    private static bool Stays(string command) => command.Split(' ') is [_, "serve" or "agent", ..];

    /// <summary>Starts such a command, a head on a port of its own, and waits until it says that it is there.</summary>
    private async Task StartAsync(string command)
    {
        var port = command.Contains(" serve", StringComparison.Ordinal) ? " --port 0" : "";
        var start = new ProcessStartInfo("bash", ["-c", $"exec {command}{port}"]) { WorkingDirectory = directory.FullName, RedirectStandardError = true };
        start.Environment["SWEEPS_HOME"] = Path.Combine(directory.FullName, "home");
        var process = Process.Start(start)!;
        staying.Push(process);
        var line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is not null && (line.StartsWith("Head of ", StringComparison.Ordinal) || line.StartsWith("Agent ", StringComparison.Ordinal)), $"{command}: {line}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);

    [GeneratedRegex(@"^\| `(?<file>[a-z]+\.(json|svg|html))` \|", RegexOptions.Multiline)]
    private static partial Regex ResultFile();

    [GeneratedRegex(@"\]\((?!https?:)(?<file>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"const int \w+ = (?<code>\d+);")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^\| (?<code>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex(@"^\| (`[\w./]+`(, )?)+ \|", RegexOptions.Multiline)]
    private static partial Regex PathRow();

    [GeneratedRegex(@"`(?<path>(?!\w+\.(json|svg|html))[\w./]+)`")]
    private static partial Regex BackQuoted();
}
