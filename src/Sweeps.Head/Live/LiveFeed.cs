using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Head.Api;
using Sweeps.Results;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Live;

/// <summary>
/// Tells clients what changes: events as they are in the database, and what follows from them and from new points. While there are clients it
/// looks four times a second, so that a busy sweep causes a few messages and not one for each point; without clients it does nothing.
/// </summary>
internal sealed class LiveFeed(ResultsStore store, MachineList machines, HeadIdentity head, TimeProvider time, ILogger<LiveFeed> logger) : BackgroundService
{
    /// <summary>A client that missed more events than these loads everything again.</summary>
    public const int MostReplayed = 1000;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1);
    private readonly PendingPoints pending = new();
    private readonly Dictionary<long, IReadOnlyDictionary<long, RunState>> states = [];
    private readonly Dictionary<long, (long SweepId, IReadOnlyList<StageRun> Runs)?> through = [];
    private readonly Dictionary<string, string> known = [];
    private readonly HashSet<long> progressed = [];
    private readonly Lock joining = new();
    private volatile LiveClient[] clients = [];
    private long newest;
    private long lookedAt;

    /// <summary>Connections that are open.</summary>
    public int Clients => clients.Length;

    /// <summary>Points of a stage were stored.</summary>
    public void Stored(long stageId, IReadOnlyList<MetricPoint> points)
    {
        if (clients.Length > 0) pending.Add(stageId, points);
    }

    /// <summary>Adds a client. Whatever happens from now on is told to it.</summary>
    /// <param name="after">The last id that it has heard of, as it was sent; null for a new client.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<LiveClient> ConnectAsync(string? after, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var (oldest, last) = await store.Queries.EventRangeAsync();
            // What the others have not heard of yet they hear now, so that it is known up to where the new one is told of the past.
            if (clients.Length == 0) await BeginAsync(last);
            else await LookAsync();
            var client = new LiveClient(() => Interlocked.Read(ref newest));
            client.Post(LiveMessage.Of("hello", new LiveHello(head.Id), after is null ? newest : null));
            if (after is not null)
            {
                if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id > newest || id < oldest - 1 || newest - id > MostReplayed)
                    client.Post(LiveMessage.Of("reset", new LiveReset("The events after the last id are not known here, or too many."), newest));
                else
                    await ReplayAsync(client, id);
            }
            lock (joining) clients = [.. clients, client];
            return client;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Forgets a client.</summary>
    public void Disconnect(LiveClient client)
    {
        lock (joining) clients = [.. clients.Where(one => one != client)];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (clients.Length == 0) continue;
                await gate.WaitAsync(stoppingToken);
                try
                {
                    await LookAsync();
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.LogWarning(exception, "What changed could not be told to the pages that are open");
                }
                finally
                {
                    gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task BeginAsync(long last)
    {
        Interlocked.Exchange(ref newest, last);
        pending.Take();
        states.Clear();
        through.Clear();
        known.Clear();
        progressed.Clear();
        foreach (var state in (SweepState[])[SweepState.Running, SweepState.Paused])
            foreach (var sweep in await store.Queries.SweepsInStateAsync(state)) states[sweep] = await store.Queries.RunStatesAsync(sweep);
        foreach (var machine in await machines.ReadAsync()) known[machine.Id] = Text(machine);
    }

    /// <summary>What happened after an id, and how the sweeps of it stand now. Points are not sent again; the client is told to load them.</summary>
    private async Task ReplayAsync(LiveClient client, long id)
    {
        var missed = (await store.Queries.EventsAsync(id, limit: MostReplayed)).Where(happened => happened.Id <= newest).ToList();
        // All of it must find room, or the client would be behind at once.
        var sweeps = missed.Select(happened => happened.SweepId).OfType<long>().Distinct().ToList();
        if (missed.Count + 2 * sweeps.Count + 2 > LiveClient.Capacity)
        {
            client.Post(LiveMessage.Of("reset", new LiveReset("Too much has happened since."), newest));
            return;
        }
        foreach (var happened in missed) client.Post(LiveMessage.Of("event", EventView.Of(happened), happened.Id));
        foreach (var sweep in sweeps)
        {
            if (await store.Queries.ListedSweepAsync(sweep, time.GetUtcNow()) is { } listing) client.Post(LiveMessage.Of("sweep", SweepView.Of(listing)));
            client.Post(LiveMessage.Of("runs", new LiveRuns(sweep, [.. (await store.Queries.RunStatesAsync(sweep)).Select(run => new LiveRun(run.Key, run.Value))])));
        }
        client.Post(LiveMessage.Of("points", new LivePoints([], IsComplete: false)));
    }

    private async Task LookAsync()
    {
        var happened = await store.Queries.EventsAsync(newest, limit: MostReplayed);
        foreach (var one in happened) Broadcast(LiveMessage.Of("event", EventView.Of(one), one.Id));
        if (happened.Count > 0) Interlocked.Exchange(ref newest, happened[^1].Id);
        // Stages may have more runs after these.
        if (happened.Any(one => one.Kind.StartsWith("sweep.", StringComparison.Ordinal))) through.Clear();

        await TellPointsAsync();

        var changed = happened.Select(one => one.SweepId).OfType<long>().ToHashSet();
        foreach (var sweep in changed) await TellRunsAsync(sweep);
        var isTime = time.GetElapsedTime(lookedAt) >= ProgressEvery;
        if (isTime)
        {
            lookedAt = time.GetTimestamp();
            changed.UnionWith(progressed);
            progressed.Clear();
            foreach (var machine in await machines.ReadAsync()) TellMachine(machine);
        }
        foreach (var sweep in changed)
            if (await store.Queries.ListedSweepAsync(sweep, time.GetUtcNow()) is { } listing) Broadcast(LiveMessage.Of("sweep", SweepView.Of(listing)));
    }

    private async Task TellPointsAsync()
    {
        var (points, isComplete) = pending.Take();
        if (points.Count == 0) return;
        var told = new List<LivePoint>(points.Count);
        foreach (var (stageId, point) in points)
        {
            if (!through.TryGetValue(stageId, out var found)) through[stageId] = found = await store.Queries.RunsThroughAsync(stageId);
            if (found is not var (sweep, runs)) continue;
            progressed.UnionWith(runs.Select(run => run.SweepId).Append(sweep));
            told.Add(new LivePoint(sweep, stageId, [.. runs.Select(run => run.RunId)], point.Metric, point.Step, point.Tokens, point.Value));
        }
        Broadcast(LiveMessage.Of("points", new LivePoints(told, isComplete)));
    }

    private async Task TellRunsAsync(long sweepId)
    {
        var now = await store.Queries.RunStatesAsync(sweepId);
        var before = states.GetValueOrDefault(sweepId);
        var changed = now.Where(run => before is null || !before.TryGetValue(run.Key, out var state) || state != run.Value).Select(run => new LiveRun(run.Key, run.Value)).ToList();
        states[sweepId] = now;
        if (changed.Count > 0) Broadcast(LiveMessage.Of("runs", new LiveRuns(sweepId, changed)));
    }

    private void TellMachine(MachineView machine)
    {
        var text = Text(machine);
        if (known.GetValueOrDefault(machine.Id) == text) return;
        known[machine.Id] = text;
        Broadcast(LiveMessage.Of("machine", machine));
    }

    /// <summary>What a change is seen by: not the time, which always changes.</summary>
    private static string Text(MachineView machine) => JsonSerializer.Serialize(machine with { SilentSeconds = null }, Json.Options);

    private void Broadcast(LiveMessage message)
    {
        foreach (var client in clients) client.Post(message);
    }
}
