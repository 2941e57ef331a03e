using System.CommandLine;
using Sweeps.Cli.Commands;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;

namespace Sweeps.Cli;

/// <summary>How many slots a machine has, where it is not to be detected.</summary>
internal static class SlotArgument
{
    /// <summary>The option.</summary>
    public static Option<int?> Create() =>
        RunCommand.WholeNumber("--slots", "Train so many runs at a time on the CPU (default: one for each GPU, else one for each core)");

    /// <summary>The slots of this machine. A sweep that asks for cores finds them also where there are GPUs.</summary>
    /// <param name="slots">What the option says.</param>
    /// <param name="spec">The only sweep that is trained; null for a process that trains all there are.</param>
    public static IReadOnlyList<Slot> Detect(int? slots, SweepSpec? spec = null) =>
        SlotDetection.Detect(slots ?? (spec?.Resources.Cpus is null ? null : Environment.ProcessorCount));
}
