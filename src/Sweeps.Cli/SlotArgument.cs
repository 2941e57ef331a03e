using System.CommandLine;

namespace Sweeps.Cli;

/// <summary>How many slots a machine has, where it is not to be detected.</summary>
internal static class SlotArgument
{
    /// <summary>The option.</summary>
    public static Option<int?> Create()
    {
        var slots = new Option<int?>("--slots") { Description = "Train so many runs at a time on the CPU (default: one for each GPU, else one for each core)", HelpName = "N" };
        slots.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count < 1))
                result.AddError($"--slots is a whole number from 1 on, not {token.Value}.");
        });
        return slots;
    }
}
