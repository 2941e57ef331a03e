using Spectre.Console;

namespace Sweeps.Cli.Output;

/// <summary>Where results and progress are written.</summary>
public static class Terminal
{
    private const int WidthOfFiles = 200;

    /// <summary>Standard output, for results. In a file or pipe, lines are not broken at 80 characters.</summary>
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error, for progress, so that results can be sent elsewhere.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (isRedirected) console.Profile.Width = WidthOfFiles;
        return console;
    }
}
