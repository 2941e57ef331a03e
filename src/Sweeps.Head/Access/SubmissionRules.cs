using Microsoft.AspNetCore.Http;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Head.Access;

/// <summary>What a sweep file may ask of the machines of agents, when it comes from somebody who is not the head's own user.</summary>
internal static class SubmissionRules
{
    private static readonly string[] Readers = ["file:", "tokens:"];

    /// <summary>Refuses a sweep that starts a program, or reads files that are not in the data directory.</summary>
    /// <exception cref="BadHttpRequestException">With status 403.</exception>
    public static void CheckSweep(this Caller caller, SweepSpec spec, string dataDirectory)
    {
        if (caller.MayStartCommands) return;
        if (spec.Command is not null) caller.RequireCommands($"'program: {spec.Program}' starts a program on the machines of agents");
        var data = Path.GetFullPath(dataDirectory) + Path.DirectorySeparatorChar;
        foreach (var parameter in spec.Space.Parameters)
        {
            var name = GptParameters.Find(parameter.Name)?.Name;
            if (name is not ("data" or "init_from")) continue;
            foreach (var value in Values(parameter.Distribution))
            {
                if (value.AsString is not { } text) continue;
                var reader = Readers.FirstOrDefault(one => text.StartsWith(one, StringComparison.Ordinal));
                var file = name == "data" ? reader is null ? null : text[reader.Length..] : text == "scratch" ? null : text;
                if (file is not null && !(Path.IsPathFullyQualified(file) && Path.GetFullPath(file).StartsWith(data, StringComparison.Ordinal)))
                    caller.RequireCommands($"'{parameter.Name}: {text}' reads a file that is not in the data directory {dataDirectory}");
            }
        }
    }

    private static IEnumerable<ParameterValue> Values(Distribution distribution) => distribution switch
    {
        WeightedCategoricalDistribution weighted => weighted.Choices,
        { Count: not null } listed => listed.Values(),
        _ => [],
    };
}
