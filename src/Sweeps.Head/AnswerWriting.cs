using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Head.Reports;
using Sweeps.Results;

namespace Sweeps.Head;

/// <summary>Judges sweeps that have ended, also those that ended just before an earlier head did, and stores the answer with them.</summary>
internal sealed class AnswerWriting(ResultsStore store, SweepAnswers answers, TimeProvider time, ILogger<AnswerWriting> logger) : BackgroundService
{
    private readonly HashSet<long> failed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do await WriteAsync();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            foreach (var id in (await store.Queries.SweepsWithoutAnswerAsync()).Where(id => !failed.Contains(id)))
            {
                failed.Add(id); // until it is done: what cannot be judged is not tried every second
                var answer = await answers.OfAsync(id);
                await store.SetAnswerAsync(id, answer.Summary.Verdict, answer.ToJson());
                failed.Remove(id);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "A sweep that has ended could not be judged");
        }
    }
}
