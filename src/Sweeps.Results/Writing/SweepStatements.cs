using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for what a sweep consists of: there can be hundreds of thousands of each. Ids are given by the caller.</summary>
internal sealed class SweepStatements
{
    private readonly PreparedStatement lastId;
    private readonly PreparedStatement addConfiguration;
    private readonly PreparedStatement addStage;
    private readonly PreparedStatement addRun;
    private readonly PreparedStatement addRunStage;

    public SweepStatements(PreparedStatements statements)
    {
        lastId = statements.Prepare("SELECT seq FROM sqlite_sequence WHERE name = $table");
        addConfiguration = statements.Prepare(
            """
            INSERT INTO configurations (id, sweep_id, ordinal, label, is_baseline, parameters_json)
            VALUES ($id, $sweep, $ordinal, $label, $baseline, $parameters)
            """);
        addStage = statements.Prepare(
            """
            INSERT INTO stages (id, sweep_id, parent_id, seed, parameters_json, from_step, to_step, longest_path, state, attempt, steps_done,
                                user_failures, memory_failures, machine_failures)
            VALUES ($id, $sweep, $parent, $seed, $parameters, $from, $to, $path, $state, 0, $from, 0, 0, 0)
            """);
        addRun = statements.Prepare(
            "INSERT INTO runs (id, sweep_id, configuration_id, seed, steps, state) VALUES ($id, $sweep, $configuration, $seed, $steps, 'Waiting')");
        addRunStage = statements.Prepare("INSERT INTO run_stages (run_id, position, stage_id) VALUES ($run, $position, $stage)");
    }

    /// <summary>The id that the next row of a table gets; those after it follow.</summary>
    public long NextId(string table) => (lastId.Number(table) ?? 0) + 1;

    public void Add(ConfigurationRecord configuration) => addConfiguration.Execute(configuration.Id, configuration.SweepId, configuration.Ordinal,
        configuration.Label, configuration.IsBaseline, configuration.ParametersJson);

    /// <summary>Adds a stage that has not begun.</summary>
    public void Add(StageRecord stage) => addStage.Execute(stage.Id, stage.SweepId, stage.ParentId, stage.Seed, stage.ParametersJson,
        stage.FromStep, stage.ToStep, stage.LongestPath, stage.State.ToString());

    /// <summary>Adds a run that has not begun.</summary>
    public void Add(RunRecord run) => addRun.Execute(run.Id, run.SweepId, run.ConfigurationId, run.Seed, run.Steps);

    public void Add(RunStageRecord step) => addRunStage.Execute(step.RunId, step.Position, step.StageId);
}
