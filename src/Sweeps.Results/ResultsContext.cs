using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Sweeps.Results.Access;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Results;

/// <summary>EF Core's view of the tables in <see cref="Files.Schema"/>.</summary>
internal sealed partial class ResultsContext(DbContextOptions<ResultsContext> options) : DbContext(options)
{
    public DbSet<SweepRecord> Sweeps => Set<SweepRecord>();

    public DbSet<ConfigurationRecord> Configurations => Set<ConfigurationRecord>();

    public DbSet<RunRecord> Runs => Set<RunRecord>();

    public DbSet<RunStageRecord> RunStages => Set<RunStageRecord>();

    public DbSet<StageRecord> Stages => Set<StageRecord>();

    public DbSet<AttemptRecord> Attempts => Set<AttemptRecord>();

    public DbSet<CheckpointRecord> Checkpoints => Set<CheckpointRecord>();

    public DbSet<DiscardedCheckpointRecord> DiscardedCheckpoints => Set<DiscardedCheckpointRecord>();

    public DbSet<MachineRecord> Machines => Set<MachineRecord>();

    public DbSet<EventRecord> Events => Set<EventRecord>();

    public DbSet<NightlyJobRecord> NightlyJobs => Set<NightlyJobRecord>();

    public DbSet<NightRecord> Nights => Set<NightRecord>();

    public DbSet<TokenRecord> Tokens => Set<TokenRecord>();

    public DbSet<SessionRecord> TokenSessions => Set<SessionRecord>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<Enum>().HaveConversion<string>();
        configuration.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<SweepRecord>().ToTable("sweeps").Ignore(sweep => sweep.HasEnded).Ignore(sweep => sweep.Needs);
        model.Entity<ConfigurationRecord>().ToTable("configurations").Ignore(configuration => configuration.Parameters);
        model.Entity<RunRecord>().ToTable("runs");
        model.Entity<RunStageRecord>().ToTable("run_stages").HasKey(step => new { step.RunId, step.Position });
        model.Entity<StageRecord>().ToTable("stages").Ignore(stage => stage.Parameters);
        model.Entity<AttemptRecord>().ToTable("attempts").Ignore(attempt => attempt.Slots).HasKey(attempt => new { attempt.StageId, attempt.Number });
        model.Entity<CheckpointRecord>().ToTable("checkpoints").HasKey(checkpoint => new { checkpoint.StageId, checkpoint.Step });
        model.Entity<DiscardedCheckpointRecord>().ToTable("discarded_checkpoints").HasKey(checkpoint => checkpoint.Path);
        model.Entity<MachineRecord>().ToTable("machines");
        model.Entity<EventRecord>().ToTable("events");
        model.Entity<NightlyJobRecord>().ToTable("nightly_jobs").HasKey(job => job.Name);
        model.Entity<NightRecord>().ToTable("nightly_results");
        model.Entity<TokenRecord>().ToTable("tokens");
        model.Entity<SessionRecord>().ToTable("token_sessions").HasKey(session => session.Hash);
        foreach (var property in model.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
            property.SetColumnName(WordStart().Replace(property.Name, "_$0").ToLowerInvariant());
    }

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex WordStart();

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
}
