using System.CommandLine;
using Sweeps.Core;

namespace Sweeps.Cli;

/// <summary>An option whose value is a size in bytes.</summary>
internal static class SizeOption
{
    public static Option<long> Create(string name, long usual, string description) => new(name)
    {
        Description = $"{description} (default: {ByteSize.Text(usual)})",
        HelpName = "SIZE",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (ByteSize.Parse(result.Tokens[0].Value) is { } bytes) return bytes;
            result.AddError($"{name} is a size such as 8GiB or 512MiB, not {result.Tokens[0].Value}.");
            return 0;
        },
    };
}
