using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sweeps.Charts.Reports;
using Sweeps.Core.Nightly;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Head.Nightly;

/// <summary>Judges nights whose sweeps have ended: compares them with those before, writes their reports and sends the alerts that are asked for.</summary>
/// <param name="store">The nights.</param>
/// <param name="options">Where reports go, <c>nightly/JOB/DATE</c> in the home, and how long an alert may take.</param>
/// <param name="logger">Hears of reports that cannot be written.</param>
internal sealed class NightJudge(ResultsStore store, HeadOptions options, ILogger<NightJudge> logger)
{
    /// <summary>Judges a night.</summary>
    public async Task JudgeAsync(NightRecord night)
    {
        var overview = (await store.Queries.SweepAsync(night.SweepId!.Value))!;
        var sweep = overview.Sweep;
        var nights = (await store.Queries.Nightly.JobAsync(night.Job))?.Nights ?? NightlySpec.DefaultNights;
        var lines = new List<string>();
        var events = new List<NightEvent>();
        NightResult? result = null;
        if (overview.RunsCompleted > 0 && sweep.State == SweepState.Completed)
        {
            var title = SweepFile.Parse(sweep.FileText, sweep.Name).Metric.Metric.Title;
            var before = await store.Queries.Nightly.BeforeAsync(night, nights);
            result = (await NightMeasurement.ReadAsync(store.Queries, sweep)).ComparedWith(title, [.. before.Select(one => one.Result()!)]);
            lines.AddRange(result.Verdict.Split('\n'));
            events.AddRange(result.Events());
            if (before.Count == 0 && await store.Queries.Nightly.LastBeforeAsync(night) is { } last)
                lines.Add($"A new baseline begins: the file measures something else than in the night {last.Night} and those before.");
        }
        if (overview.RunsFailed > 0)
        {
            events.Add(NightEvent.Failed);
            var error = (await store.Queries.RunsAsync(sweep.Id)).First(run => run.State == RunState.Failed).Error;
            lines.Insert(result is null ? 0 : lines.Count, $"{overview.RunsFailed} of {overview.Runs} runs failed: {error}");
        }
        if (sweep.State == SweepState.Completed) events.Add(NightEvent.Completed);
        if (lines.Count == 0) lines.Add(sweep.State == SweepState.Cancelled ? $"The sweep {sweep.Name} ({sweep.Id}) was cancelled." : "No run completed.");
        var state = sweep.State switch { SweepState.Cancelled => NightState.Cancelled, SweepState.Failed => NightState.Failed, _ => NightState.Completed };
        var verdict = string.Join('\n', lines);
        await store.Nightly.EndAsync(night.Id, state, verdict, result, [.. events.Distinct()], await WriteAsync(night, sweep, result, events, verdict));
    }

    /// <summary>Sends a night's alert.</summary>
    public async Task AlertAsync(NightRecord night)
    {
        if (await store.Queries.Nightly.JobAsync(night.Job) is { } job && job.Alert() is { } alert)
        {
            var (outcome, hasFailed) = await NightAlert.RunAsync(alert, job, night, options.AlertLimit);
            await store.Nightly.AlertedAsync(night.Id, outcome, hasFailed);
        }
        else await store.Nightly.AlertedAsync(night.Id, "The alert was not sent: the job has none any more.", hasFailed: true);
    }

    /// <summary>A report that cannot be written must not keep the night from its end.</summary>
    private async Task<string?> WriteAsync(NightRecord night, SweepRecord sweep, NightResult? result, IReadOnlyList<NightEvent> events, string verdict)
    {
        if (result is null) return null;
        var date = sweep.Name.StartsWith($"{night.Job}-", StringComparison.Ordinal) ? sweep.Name[(night.Job.Length + 1)..] : night.Night;
        var directory = Path.Combine(options.Home, "nightly", night.Job, date);
        var job = await store.Queries.Nightly.JobAsync(night.Job);
        try
        {
            var zone = job?.TimeZone ?? "UTC";
            var due = TimeZoneInfo.ConvertTime(night.DueAt, TimeZoneInfo.FindSystemTimeZoneById(zone));
            HistoryNight[] nights = [.. NightHistory.Of(await store.Queries.Nightly.NightsAsync(night.Job), night.Subject, zone, before: night.Id), new(due, result)];
            var report = Path.Combine(directory, "report.html");
            NightReport.Save(directory, new NightReportContent
            {
                Job = night.Job, Night = night.Night, Sweep = string.Create(CultureInfo.InvariantCulture, $"{sweep.Name} ({sweep.Id})"), Description = sweep.Description,
                Due = due, Duration = sweep.FinishedAt!.Value - sweep.CreatedAt,
                Verdict = verdict, Events = events, Result = result, Metric = NightHistory.Metric(nights), Speed = NightHistory.Speed(nights), SweepFile = sweep.FileText,
                Environment =
                [
                    new("sweeps", typeof(NightJudge).Assembly.GetName().Version!.ToString(3)), new("machine", Environment.MachineName),
                    new("system", RuntimeInformation.OSDescription), new("runtime", RuntimeInformation.FrameworkDescription),
                ],
            });
            return report;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "The report of the night {Night} of {Job} could not be written to {Directory}", night.Night, night.Job, directory);
            return null;
        }
    }
}
