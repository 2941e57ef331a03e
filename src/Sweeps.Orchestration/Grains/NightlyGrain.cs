using Orleans.Runtime;
using Sweeps.Core.Nightly;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Nightly;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="INightlyGrain"/>
/// <remarks>
/// Keeps nothing: a reminder may be late, come twice or be lost with the head, and what is due follows from the database alone. A night's sweep
/// and that the night is decided are one write.
/// </remarks>
public sealed class NightlyGrain(ResultsStore store, TimeProvider time) : Grain, INightlyGrain, IRemindable
{
    private const string Reminder = "night";

    // The least period of a reminder, and what cron expressions are counted in.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task Schedule()
    {
        if (await store.Queries.Nightly.JobAsync(Name) is { IsPaused: false })
        {
            // With the full minutes, at which nights begin.
            await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromTicks(Period.Ticks - time.GetUtcNow().Ticks % Period.Ticks), Period);
            await Look();
        }
        else await ForgetAsync();
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Look();

    /// <inheritdoc/>
    public async Task Look()
    {
        if (await store.Queries.Nightly.JobAsync(Name) is not { IsPaused: false } job) return;
        var open = await store.Queries.Nightly.OpenNightsAsync(Name);
        var (running, waiting) = (RunningOf(open), open.Select(pair => pair.Night).FirstOrDefault(night => night.State == NightState.Waiting));
        if (running is null && waiting is not null)
        {
            waiting.Subject = job.Subject;
            await BeginAsync(job, waiting);
            (running, waiting) = (RunningOf(await store.Queries.Nightly.OpenNightsAsync(Name)), null);
        }
        if (NightDecision.Of(job.Schedule(), job.Overlap, job.DecidedUntil, time.GetUtcNow(), isBusy: running is not null, isWaiting: waiting is not null) is not { } decision) return;
        var night = NightOf(job, decision.Due, isRequested: false);
        switch (decision.Action)
        {
            case NightAction.Begin:
                await BeginAsync(job, night);
                break;
            case NightAction.Wait:
                await store.Nightly.RecordAsync(night, NightState.Waiting, $"Waits for the end of {Described(running!)}.", null);
                break;
            default:
                await store.Nightly.RecordAsync(night, NightState.Skipped, $"Skipped: {Described(running!)}{(waiting is null ? "" : ", and another night waits for its end")}.", NightEvent.Skipped);
                break;
        }
    }

    /// <inheritdoc/>
    public async Task<NightStart> RunNow()
    {
        if (await store.Queries.Nightly.JobAsync(Name) is not { } job) return new NightStart(null, false, $"There is no nightly job {Name}: `sweeps nightly list` shows those there are.", Exists: false);
        if (RunningOf(await store.Queries.Nightly.OpenNightsAsync(Name)) is { } running)
        {
            if (running.State == SweepState.Running) return new NightStart(null, false, $"A night is under way: {Described(running)}; see it with `sweeps watch {running.Id}`, or end it with `sweeps cancel {running.Id}`.");
            await GrainFactory.GetGrain<ISweepGrain>(running.Id).Resume();
            return new NightStart(running.Id, true, null);
        }
        return await BeginAsync(job, NightOf(job, time.GetUtcNow(), isRequested: true));
    }

    /// <inheritdoc/>
    public async Task<bool> Pause()
    {
        await ForgetAsync();
        return await store.Nightly.PauseAsync(Name);
    }

    /// <inheritdoc/>
    public async Task<bool> Resume()
    {
        if (!await store.Nightly.ResumeAsync(Name, time.GetUtcNow())) return false;
        await Schedule();
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Remove()
    {
        await ForgetAsync();
        return await store.Nightly.RemoveAsync(Name);
    }

    /// <summary>Every run is trained: what was trained in another night, or by another sweep, would measure nothing. Within the night stages are shared as ever.</summary>
    private async Task<NightStart> BeginAsync(NightlyJobRecord job, NightRecord night)
    {
        SweepSpec spec;
        try
        {
            spec = SweepFile.Parse(job.FileText, job.FilePath).In(Path.GetDirectoryName(job.FilePath)!);
        }
        catch (SweepFileException exception)
        {
            // Only an older version accepted it.
            var why = $"This version of sweeps does not accept the file: {exception.Errors[0]}";
            await store.Nightly.RecordAsync(night, NightState.Failed, why, NightEvent.Failed);
            return new NightStart(null, false, why);
        }
        // Seeds that it adds are trained this night too: what an earlier one has trained measures nothing.
        var plan = await Task.Run(() => NewSweep.Of(spec, SweepPlan.Of(spec)) with { Sharing = spec.SharePrefixes ? Sharing.Own : Sharing.None });
        var id = await store.Nightly.BeginAsync(night, plan);
        await GrainFactory.GetGrain<ISweepGrain>(id).Start();
        return new NightStart(id, false, null);
    }

    private async Task ForgetAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    private static NightRecord NightOf(NightlyJobRecord job, DateTimeOffset due, bool isRequested) =>
        new() { Job = job.Name, Night = job.NightOf(due), DueAt = due, IsRequested = isRequested, Subject = job.Subject };

    private static SweepRecord? RunningOf(IEnumerable<(NightRecord Night, SweepRecord? Sweep)> open) =>
        open.Select(pair => pair.Sweep).FirstOrDefault(sweep => sweep is { HasEnded: false });

    private static string Described(SweepRecord sweep) =>
        $"the sweep {sweep.Name} ({sweep.Id}) {(sweep.State == SweepState.Paused ? "is paused" : "is still trained")}";
}
