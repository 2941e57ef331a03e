using System.CommandLine;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli;

/// <summary>A sweep of a home, by its id or its name.</summary>
internal static class SweepArgument
{
    /// <summary>The argument.</summary>
    public static Argument<string> Create() => new("id") { Description = "A sweep's id, or the name of its newest", HelpName = "ID" };

    /// <summary>Finds it.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static async Task<SweepRecord> FindAsync(ResultsQueries queries, string id) => await queries.FindSweepAsync(id)
        ?? throw new CommandFailure(ExitCode.BadInput, $"there is no sweep {id}: `sweeps list` shows those there are.");
}
