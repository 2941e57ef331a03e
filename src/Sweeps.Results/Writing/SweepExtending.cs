using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Stores what a changed file adds to a sweep.</summary>
internal static class SweepExtending
{
    public static void Extend(WriteSession session, SweepRecord sweep, SweepExtension extension)
    {
        if (sweep.State == SweepState.Cancelled)
            throw new ResultsException(ResultsFailure.Refused, $"Sweep {sweep.Id} was cancelled: it cannot be extended; submit its file again.");
        var context = session.Context;
        sweep.FileText = extension.FileText;
        sweep.FileHash = ResultsStore.Hash(extension.FileText);
        (sweep.Description, sweep.Target, sweep.StopsEarly) = (extension.Description, extension.Target, extension.StopsEarly);
        // What was found without the new runs is no answer to the changed question.
        (sweep.Verdict, sweep.SummaryJson) = (null, null);

        var configurations = Configurations(context, sweep, extension);
        var before = context.Runs.Count(run => run.SweepId == sweep.Id);
        SweepCreation.AddRuns(session, sweep, extension.Stages, extension.Runs, place => configurations[place]);
        CancelUnneeded(context, sweep);
        StageTransitions.Grown(session, sweep);
        var added = context.Runs.Count(run => run.SweepId == sweep.Id) - before;
        session.AddEvent(sweep.Id, "sweep.extended",
            $"{sweep.Name} was extended: {added} runs added, {extension.Runs.Count - added} runs made longer, {extension.Stages.Count} stages.");
    }

    /// <summary>Gives the configurations their places, and those that are new an id.</summary>
    private static List<long> Configurations(ResultsContext context, SweepRecord sweep, SweepExtension extension)
    {
        // Out of the way first: two configurations never have the same place.
        context.Database.ExecuteSql($"UPDATE configurations SET ordinal = -1 - ordinal WHERE sweep_id = {sweep.Id}");
        var records = new List<(long? Id, ConfigurationRecord? Record)>();
        foreach (var ((id, configuration), ordinal) in extension.Configurations.Select((one, index) => (one, index)))
        {
            var parameters = ParameterText.Write(configuration.Parameters);
            if (id is not null)
            {
                context.Database.ExecuteSql(
                    $"UPDATE configurations SET ordinal = {ordinal}, label = {configuration.Label}, is_baseline = {(configuration.IsBaseline ? 1 : 0)}, parameters_json = {parameters} WHERE id = {id}");
                records.Add((id, null));
                continue;
            }
            var record = new ConfigurationRecord
            {
                SweepId = sweep.Id, Ordinal = ordinal, Label = configuration.Label, IsBaseline = configuration.IsBaseline, ParametersJson = parameters,
            };
            context.Configurations.Add(record);
            records.Add((null, record));
        }
        context.SaveChanges();
        return [.. records.Select(one => one.Id ?? one.Record!.Id)];
    }

    /// <summary>A run that takes another way to its new end may have been the last to need the stages of its old one.</summary>
    private static void CancelUnneeded(ResultsContext context, SweepRecord sweep)
    {
        context.SaveChanges();
        var unneeded = context.Stages.Where(stage => stage.SweepId == sweep.Id
            && (stage.State == StageState.Waiting || stage.State == StageState.Ready || stage.State == StageState.Running)
            && !context.RunStages.Any(step => step.StageId == stage.Id
                && context.Runs.Any(run => run.Id == step.RunId && (run.State == RunState.Waiting || run.State == RunState.Running))));
        foreach (var stage in unneeded.ToList()) stage.State = StageState.Cancelled;
    }
}
