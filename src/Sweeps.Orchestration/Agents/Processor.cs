using System.Runtime.InteropServices;

namespace Sweeps.Orchestration.Agents;

/// <summary>The machine's processor: numbers that one computes may differ from those of another in their last bits.</summary>
public static class Processor
{
    private const string Field = "model name";

    /// <summary>What it calls itself, or else its architecture.</summary>
    public static string Name { get; } = Named(Lines()) ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The first name in the lines of <c>/proc/cpuinfo</c>, or null.</summary>
    internal static string? Named(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?.Split(':', 2, StringSplitOptions.TrimEntries)[^1];

    private static IEnumerable<string> Lines()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
