using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Results.Nightly;

/// <summary>Reads of nightly jobs and their nights.</summary>
public sealed class NightlyQueries
{
    private readonly ResultsQueries queries;

    internal NightlyQueries(ResultsQueries queries) => this.queries = queries;

    /// <summary>All jobs by name.</summary>
    public Task<IReadOnlyList<NightlyJobRecord>> JobsAsync() => queries.ReadAsync<IReadOnlyList<NightlyJobRecord>>(context =>
        context.NightlyJobs.OrderBy(job => job.Name).ToList());

    /// <summary>One job, or null.</summary>
    public Task<NightlyJobRecord?> JobAsync(string name) => queries.ReadAsync(context => context.NightlyJobs.SingleOrDefault(job => job.Name == name));

    /// <summary>The nights of a job, also of one that was removed, newest first.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="limit">At most so many.</param>
    public Task<IReadOnlyList<NightRecord>> NightsAsync(string job, int limit = int.MaxValue) => queries.ReadAsync<IReadOnlyList<NightRecord>>(context =>
        context.Nights.Where(night => night.Job == job).OrderByDescending(night => night.Id).Take(limit).ToList());

    /// <summary>One night, or null.</summary>
    public Task<NightRecord?> NightAsync(long id) => queries.ReadAsync(context => context.Nights.SingleOrDefault(night => night.Id == id));

    /// <summary>The night that a sweep is, or null.</summary>
    public Task<NightRecord?> NightOfSweepAsync(long sweepId) => queries.ReadAsync(context => context.Nights.FirstOrDefault(night => night.SweepId == sweepId));

    /// <summary>The nights of a job that have not ended, oldest first, and the sweep of each that has begun.</summary>
    public Task<IReadOnlyList<(NightRecord Night, SweepRecord? Sweep)>> OpenNightsAsync(string job) => queries.ReadAsync<IReadOnlyList<(NightRecord, SweepRecord?)>>(context =>
        [.. from night in context.Nights.Where(night => night.Job == job && (night.State == NightState.Waiting || night.State == NightState.Running)).OrderBy(night => night.Id).ToList()
            select (night, night.SweepId is { } id ? context.Sweeps.Single(sweep => sweep.Id == id) : null)]);

    /// <summary>Nights whose sweep has ended and that are to be judged, oldest first.</summary>
    public Task<IReadOnlyList<NightRecord>> NightsToJudgeAsync() => queries.ReadAsync<IReadOnlyList<NightRecord>>(context =>
        (from night in context.Nights
         where night.State == NightState.Running
         join sweep in context.Sweeps on night.SweepId equals sweep.Id
         where sweep.FinishedAt != null
         orderby night.Id
         select night).ToList());

    /// <summary>Nights whose alert is still to be sent, oldest first.</summary>
    public Task<IReadOnlyList<NightRecord>> AlertsDueAsync() => queries.ReadAsync<IReadOnlyList<NightRecord>>(context =>
        context.Nights.Where(night => night.IsAlertDue).OrderBy(night => night.Id).ToList());

    /// <summary>Nights with results before one, of the same job and subject, newest first.</summary>
    /// <param name="night">The night.</param>
    /// <param name="limit">At most so many.</param>
    public Task<IReadOnlyList<NightRecord>> BeforeAsync(NightRecord night, int limit) => queries.ReadAsync<IReadOnlyList<NightRecord>>(context =>
        context.Nights.Where(one => one.Job == night.Job && one.Id < night.Id && one.Subject == night.Subject && one.ResultJson != null)
            .OrderByDescending(one => one.Id).Take(limit).ToList());

    /// <summary>The newest night with results before one, of the same job, whatever it trained; null for the first.</summary>
    public Task<NightRecord?> LastBeforeAsync(NightRecord night) => queries.ReadAsync(context =>
        context.Nights.Where(one => one.Job == night.Job && one.Id < night.Id && one.ResultJson != null).OrderByDescending(one => one.Id).FirstOrDefault());
}
