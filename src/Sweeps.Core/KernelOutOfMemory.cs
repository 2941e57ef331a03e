using System.Globalization;

namespace Sweeps.Core;

/// <summary>How many processes the kernel has killed because memory ran out.</summary>
public static class KernelOutOfMemory
{
    private const string Counter = "oom_kill ";

    /// <summary>Since the machine was started; 0 where the kernel does not say.</summary>
    public static long Kills()
    {
        try
        {
            var line = File.ReadLines("/proc/vmstat").FirstOrDefault(line => line.StartsWith(Counter, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[Counter.Length..], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
