using System.CommandLine;
using Sweeps.Cli.Commands;

namespace Sweeps.Cli;

/// <summary>How many slots a machine has, where it is not to be detected.</summary>
internal static class SlotArgument
{
    /// <summary>The option.</summary>
    public static Option<int?> Create() =>
        RunCommand.WholeNumber("--slots", "Train so many runs at a time on the CPU (default: one for each GPU, else one for each core)");
}
