using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for what a sweep consists of: there can be hundreds of thousands of each. Ids are given by the caller.</summary>
internal sealed class SweepStatements
{
    private readonly PreparedStatement lastId;
    private readonly PreparedStatement configurations;
    private readonly PreparedStatement configurationId;
    private readonly PreparedStatement addConfiguration;
    private readonly PreparedStatement addStage;
    private readonly PreparedStatement addRun;
    private readonly PreparedStatement addRunStage;

    public SweepStatements(PreparedStatements statements)
    {
        lastId = statements.Prepare("SELECT seq FROM sqlite_sequence WHERE name = $table");
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
                                user_failures, memory_failures, machine_failures)
            VALUES ($id, $sweep, $parent, $seed, $parameters, $from, $to, $path, $state, 0, $done, 0, 0, 0)
            """);
        addRun = statements.Prepare(
            "INSERT INTO runs (id, sweep_id, configuration_id, seed, steps, state) VALUES ($id, $sweep, $configuration, $seed, $steps, $state)");
        addRunStage = statements.Prepare("INSERT INTO run_stages (run_id, position, stage_id) VALUES ($run, $position, $stage)");
    }

    /// <summary>The id that the next row of a table gets; those after it follow.</summary>
    public long NextId(string table) => (lastId.Number(table) ?? 0) + 1;

    /// <summary>How many configurations a sweep has; the ordinals of those that follow go on from there.</summary>
    public int Configurations(long sweepId) => (int)configurations.Number(sweepId)!;

    /// <summary>The id of a configuration that the sweep has.</summary>
    public long ConfigurationId(long sweepId, int ordinal) => configurationId.Number(sweepId, ordinal)!.Value;

    public void Add(ConfigurationRecord configuration) => addConfiguration.Execute(configuration.Id, configuration.SweepId, configuration.Ordinal,
        configuration.Label, configuration.IsBaseline, configuration.ParametersJson);

    /// <summary>Adds a stage that has not begun.</summary>
    public void Add(StageRecord stage) => addStage.Execute(stage.Id, stage.SweepId, stage.ParentId, stage.Seed, stage.ParametersJson,
        stage.FromStep, stage.ToStep, stage.LongestPath, stage.State.ToString(), stage.StepsDone);

    public void Add(RunRecord run) => addRun.Execute(run.Id, run.SweepId, run.ConfigurationId, run.Seed, run.Steps, run.State.ToString());

    public void Add(RunStageRecord step) => addRunStage.Execute(step.RunId, step.Position, step.StageId);
}
