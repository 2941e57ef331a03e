using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Nightly;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Nightly;

/// <summary>What adding a job did.</summary>
public enum NightlyAddition
{
    /// <summary>There is a new job.</summary>
    New,

    /// <summary>A job got a new schedule or alert, and measures the same as before.</summary>
    Same,

    /// <summary>A job measures something else from now on: its nights before are kept and not compared with.</summary>
    NewBaseline,
}

/// <summary>Writes of nightly jobs and their nights.</summary>
public sealed class NightlyWrites
{
    private readonly ResultsStore store;

    internal NightlyWrites(ResultsStore store) => this.store = store;

    /// <summary>Adds a job, or replaces the one of that name; a paused one goes on.</summary>
    public Task<NightlyAddition> AddAsync(NightlyJobRecord job, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var nights = session.Context.NightlyJobs;
        var old = nights.Find(job.Name);
        // A job that was removed left its nights.
        var before = old?.Subject ?? session.Context.Nights.Where(night => night.Job == job.Name).OrderByDescending(night => night.Id).Select(night => night.Subject).FirstOrDefault();
        var addition = before is null ? NightlyAddition.New : before == job.Subject ? NightlyAddition.Same : NightlyAddition.NewBaseline;
        if (old is not null) nights.Remove(old);
        session.Flush();
        nights.Add(job);
        session.AddEvent(null, "nightly.added", $"Nightly job {job.Name}: {job.Cron} in {job.TimeZone}{(addition == NightlyAddition.NewBaseline ? ", which measures something else than before" : "")}.");
        return addition;
    }, cancellation);

    /// <summary>Removes a job; its nights stay, and one that waits does not begin.</summary>
    /// <returns>False when there is none.</returns>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        if (session.Context.NightlyJobs.Find(name) is not { } job) return false;
        session.Context.NightlyJobs.Remove(job);
        foreach (var night in session.Context.Nights.Where(night => night.Job == name && night.State == NightState.Waiting).ToList())
            (night.State, night.EndedAt, night.Verdict) = (NightState.Cancelled, session.Now, "The job was removed before this night could begin.");
        session.AddEvent(null, "nightly.removed", $"Nightly job {name} was removed.");
        return true;
    }, cancellation);

    /// <summary>Lets no night begin by itself.</summary>
    /// <returns>False when there is no such job.</returns>
    public Task<bool> PauseAsync(string name, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        if (session.Context.NightlyJobs.Find(name) is not { } job) return false;
        if (!job.IsPaused) session.AddEvent(null, "nightly.paused", $"Nightly job {name} was paused.");
        job.IsPaused = true;
        return true;
    }, cancellation);

    /// <summary>Lets nights begin again; those that came meanwhile were not missed.</summary>
    /// <returns>False when there is no such job.</returns>
    public Task<bool> ResumeAsync(string name, DateTimeOffset now, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        if (session.Context.NightlyJobs.Find(name) is not { } job) return false;
        if (!job.IsPaused) return true;
        (job.IsPaused, job.DecidedUntil) = (false, now);
        session.AddEvent(null, "nightly.resumed", $"Nightly job {name} goes on.");
        return true;
    }, cancellation);

    /// <summary>
    /// Begins a night: stores its sweep under the name <c>JOB-DATE</c>, the second one of a date <c>JOB-DATE-2</c>, and that the night is decided, all in one.
    /// </summary>
    /// <param name="night">The night; one that waits already goes on from there.</param>
    /// <param name="plan">Its sweep.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The sweep's id.</returns>
    public Task<long> BeginAsync(NightRecord night, NewSweep plan, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var nights = session.Context.Nights;
        var earlier = nights.Count(one => one.Job == night.Job && one.Night == night.Night && one.SweepId != null);
        var name = $"{night.Job}-{night.Night}" + (earlier == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{earlier + 1}"));
        var id = SweepCreation.Create(session, plan with { Name = name, NightlyJob = night.Job });
        session.Flush();
        var stored = Stored(session, night);
        (stored.State, stored.SweepId, stored.Subject) = (NightState.Running, id, night.Subject);
        session.AddEvent(id, "nightly.began", $"The night {night.Night} of {night.Job} {(night.IsRequested ? "was asked for and begins" : "begins")}.");
        return id;
    }, cancellation);

    /// <summary>Records a night that does not begin (<see cref="NightState.Skipped"/>, <see cref="NightState.Failed"/>) or not yet (<see cref="NightState.Waiting"/>), and that it is decided.</summary>
    /// <param name="night">The night.</param>
    /// <param name="state">What becomes of it.</param>
    /// <param name="why">A sentence.</param>
    /// <param name="said">What can be said of it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task RecordAsync(NightRecord night, NightState state, string why, NightEvent? said, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var stored = Stored(session, night);
        (stored.State, stored.Verdict, stored.Events) = (state, why, said?.ToString().ToLowerInvariant() ?? "");
        if (state != NightState.Waiting) stored.EndedAt = session.Now;
        stored.IsAlertDue = said is { } one && session.Context.NightlyJobs.Find(night.Job)?.Alert()?.On.Contains(one) == true;
        session.AddEvent(null, $"nightly.{state.ToString().ToLowerInvariant()}", $"The night {night.Night} of {night.Job}: {why}");
        return true;
    }, cancellation);

    /// <summary>Ends a night whose sweep has ended.</summary>
    /// <param name="id">The night, which is running; of another one: nothing.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="verdict">How it compares, or why there is nothing to compare.</param>
    /// <param name="result">What it measured, or null.</param>
    /// <param name="events">What can be said of it.</param>
    /// <param name="report">Path of its report, or null.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task EndAsync(long id, NightState state, string verdict, NightResult? result, IReadOnlyList<NightEvent> events, string? report,
        CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var night = session.Context.Nights.Find(id);
        if (night is not { State: NightState.Running }) return false;
        (night.State, night.EndedAt, night.Verdict, night.Report) = (state, session.Now, verdict, report);
        night.Events = string.Join(',', events.Select(one => one.ToString().ToLowerInvariant()));
        night.ResultJson = result is null ? null : JsonSerializer.Serialize(result, Json.Options);
        night.IsAlertDue = session.Context.NightlyJobs.Find(night.Job)?.Alert() is { } alert && events.Any(alert.On.Contains);
        session.AddEvent(night.SweepId, $"nightly.{state.ToString().ToLowerInvariant()}", $"The night {night.Night} of {night.Job}: {verdict.Split('\n')[0]}");
        return true;
    }, cancellation);

    /// <summary>Records what became of a night's alert, which is not sent again.</summary>
    public Task AlertedAsync(long id, string outcome, bool hasFailed, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var night = session.Context.Nights.Find(id)!;
        (night.Alert, night.IsAlertDue) = (outcome, false);
        session.AddEvent(night.SweepId, hasFailed ? "nightly.alert_failed" : "nightly.alerted", $"The night {night.Night} of {night.Job}: {outcome}");
        return true;
    }, cancellation);

    // The job's nights are decided up to this one, unless somebody asked for it.
    private static NightRecord Stored(WriteSession session, NightRecord night)
    {
        if (!night.IsRequested && session.Context.NightlyJobs.Find(night.Job) is { } job && job.DecidedUntil < night.DueAt) job.DecidedUntil = night.DueAt;
        if (night.Id != 0) return session.Context.Nights.Find(night.Id)!;
        var stored = new NightRecord { Job = night.Job, Night = night.Night, DueAt = night.DueAt, IsRequested = night.IsRequested, Subject = night.Subject };
        session.Context.Nights.Add(stored);
        return stored;
    }
}
