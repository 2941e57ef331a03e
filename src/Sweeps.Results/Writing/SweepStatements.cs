using Sweeps.Results.Databases;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for what a sweep consists of: there can be hundreds of thousands of each. Ids are given by the caller.</summary>
internal sealed class SweepStatements
{
    private readonly PreparedStatement takeIds;
    private readonly PreparedStatement configurations;
    private readonly PreparedStatement configurationId;
    private readonly PreparedStatement addConfiguration;
    private readonly PreparedStatement addStage;
    private readonly PreparedStatement runId;
    private readonly PreparedStatement addRun;
    private readonly PreparedStatement redirectRun;
    private readonly PreparedStatement removePath;
    private readonly PreparedStatement addRunStage;
    private readonly PreparedStatement countReused;

    public SweepStatements(PreparedStatements statements, ResultsDatabase database)
    {
        takeIds = statements.Prepare(database.TakeIds);
        configurations = statements.Prepare("SELECT count(*) FROM configurations WHERE sweep_id = $sweep");
        configurationId = statements.Prepare("SELECT id FROM configurations WHERE sweep_id = $sweep AND ordinal = $ordinal");
        addConfiguration = statements.Prepare(
            """
            INSERT INTO configurations (id, sweep_id, ordinal, label, is_baseline, parameters_json)
            VALUES ($id, $sweep, $ordinal, $label, $baseline, $parameters)
            """);
        addStage = statements.Prepare(
            """
            INSERT INTO stages (id, sweep_id, parent_id, seed, parameters_json, from_step, to_step, longest_path, state, attempt, steps_done,
                                user_failures, memory_failures, machine_failures, origin, identity)
            VALUES ($id, $sweep, $parent, $seed, $parameters, $from, $to, $path, $state, 0, $done, 0, 0, 0, $origin, $identity)
            """);
        runId = statements.Prepare("SELECT id FROM runs WHERE configuration_id = $configuration AND seed = $seed");
        addRun = statements.Prepare(
            "INSERT INTO runs (id, sweep_id, configuration_id, seed, steps, state) VALUES ($id, $sweep, $configuration, $seed, $steps, $state)");
        redirectRun = statements.Prepare("UPDATE runs SET steps = $steps, state = $state, error = NULL WHERE id = $id");
        removePath = statements.Prepare("DELETE FROM run_stages WHERE run_id = $id");
        addRunStage = statements.Prepare("INSERT INTO run_stages (run_id, position, stage_id) VALUES ($run, $position, $stage)");
        countReused = statements.Prepare(
            """
            UPDATE sweeps SET reused_steps = (SELECT coalesce(sum(s.to_step - s.from_step), 0) FROM stages s WHERE s.sweep_id <> $sweep AND s.id IN (
                SELECT p.stage_id FROM runs r JOIN run_stages p ON p.run_id = r.id WHERE r.sweep_id = $sweep))
            WHERE id = $sweep
            """);
    }

    /// <summary>The id of the first of so many rows that a table gets next; those after it follow.</summary>
    public long TakeIds(string table, long count) => count > 0 ? takeIds.Number(table, count)!.Value : 0;

    /// <summary>How many configurations a sweep has; the ordinals of those that follow go on from there.</summary>
    public int Configurations(long sweepId) => (int)configurations.Number(sweepId)!;

    /// <summary>The id of a configuration that the sweep has.</summary>
    public long ConfigurationId(long sweepId, int ordinal) => configurationId.Number(sweepId, ordinal)!.Value;

    public void Add(ConfigurationRecord configuration) => addConfiguration.Execute(configuration.Id, configuration.SweepId, configuration.Ordinal,
        configuration.Label, configuration.IsBaseline, configuration.ParametersJson);

    /// <summary>Adds a stage that has not begun.</summary>
    public void Add(StageRecord stage) => addStage.Execute(stage.Id, stage.SweepId, stage.ParentId, stage.Seed, stage.ParametersJson,
        stage.FromStep, stage.ToStep, stage.LongestPath, stage.State.ToString(), stage.StepsDone, stage.Origin, stage.Identity);

    /// <summary>The run of a configuration with a seed; null when there is none.</summary>
    public long? RunId(long configurationId, int seed) => runId.Number(configurationId, seed);

    public void Add(RunRecord run) => addRun.Execute(run.Id, run.SweepId, run.ConfigurationId, run.Seed, run.Steps, run.State.ToString());

    /// <summary>Gives a run that is there another end, and takes its path from it.</summary>
    public void Redirect(RunRecord run)
    {
        redirectRun.Execute(run.Steps, run.State.ToString(), run.Id);
        removePath.Execute(run.Id);
    }

    public void Add(RunStageRecord step) => addRunStage.Execute(step.RunId, step.Position, step.StageId);

    /// <summary>Finds anew how many steps the runs of a sweep have from others; their paths are in the database.</summary>
    public void CountReused(long sweepId) => countReused.Execute(sweepId);
}
