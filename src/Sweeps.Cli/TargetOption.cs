using System.CommandLine;
using System.Globalization;

namespace Sweeps.Cli;

/// <summary><c>--target</c>: the value of the metric whose cost is asked for.</summary>
internal static class TargetOption
{
    /// <summary>The option; null when it is not given.</summary>
    public static Option<double?> Create(string description) => new("--target")
    {
        Description = description, HelpName = "X",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
            result.AddError($"--target is a number, not {result.Tokens[0].Value}.");
            return null;
        },
    };
}
