using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Access;
using Sweeps.Head.Api;
using Sweeps.Head.Live;
using Sweeps.Head.Nightly;
using Sweeps.Head.Planning;
using Sweeps.Head.Reports;
using Sweeps.Head.Silos;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Search;
using Sweeps.Results;
using Sweeps.Results.Plans;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head;

/// <summary>
/// The head in this process: grains, the results database, the API on the loopback interface, and, unless there are to be other agents alone,
/// one that executes attempts on this machine's slots.
/// </summary>
public sealed class HeadHost : IAsyncDisposable
{
    private static readonly TimeSpan FailedGrace = TimeSpan.FromSeconds(2);

    private readonly HeadOptions options;
    private readonly ResultsStore store;
    private readonly WebApplication application;
    private readonly Agent? agent;
    private bool isDisposed;

    private HeadHost(HeadOptions options, ResultsStore store, WebApplication application, Agent? agent)
    {
        this.options = options;
        this.store = store;
        this.application = application;
        this.agent = agent;
        Url = UrlOf(application);
        PublicUrl = Addresses(application).FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttps || !url.IsLoopback) ?? Url;
    }

    /// <summary>Where the API listens on the loopback interface.</summary>
    public Uri Url { get; }

    /// <summary>Where it listens for others: <see cref="Url"/>, unless the options name another address or a certificate.</summary>
    public Uri PublicUrl { get; }

    /// <summary>Reads of the results.</summary>
    public ResultsQueries Queries => store.Queries;

    /// <summary>Completes with the first failure of the database file (disk full, damaged); nothing can be recorded from then on.</summary>
    public Task<ResultsException> StorageFailure => store.StorageFailure;

    /// <summary>All that the API answers.</summary>
    internal IEnumerable<RouteEndpoint> Endpoints => application.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private IGrainFactory Grains => application.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Opens the database, starts the API and the agent. Nothing of it listens to Ctrl-C; that is for the caller.</summary>
    /// <exception cref="ResultsException">The database cannot be used, or the head wants tokens and there is none.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="AgentException">Another process is the agent of this machine.</exception>
    public static async Task<HeadHost> StartAsync(HeadOptions options)
    {
        var store = await ResultsStore.OpenAsync(options.Database ?? Path.Combine(options.Home, "sweeps.db"), isShared: options.Silo is not null);
        WebApplication? application = null;
        try
        {
            if (options.NeedsTokens && !(await store.Queries.Tokens.TokensAsync()).Any(token => token.IsValid(TimeProvider.System.GetUtcNow())))
                throw new ResultsException(ResultsFailure.Refused, "There is no token yet, and without one nobody could use a head that wants it: `sweeps token create --role submitter` makes one.");
            if (!options.ContinueSweeps)
                foreach (var sweep in await store.Queries.SweepsInStateAsync(SweepState.Running))
                    await store.PauseSweepAsync(sweep);
            options = options with { Slots = options.Worker is null ? [] : options.Slots ?? SlotDetection.Detect() };
            application = Build(options, store);
            await application.StartAsync();
            var agent = options.Worker is { } worker ? await StartAgentAsync(options, worker, application) : null;
            if (options.ContinueSweeps)
                new HeadAddress(new Uri(UrlOf(application).GetLeftPart(UriPartial.Authority)), application.Services.GetRequiredService<HeadIdentity>().Id,
                    application.Services.GetRequiredService<HeadKey>().Value).Write(options.Home);
            return new HeadHost(options, store, application, agent);
        }
        catch
        {
            if (application is not null) await application.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Submits a sweep; one of the same file that is paused or running goes on instead of a second one.</summary>
    public async Task<Submission> SubmitAsync(SweepSpec spec)
    {
        var submission = await SweepSubmission.SubmitAsync(store, Grains, application.Services.GetRequiredService<KnownSlots>(), spec);
        agent?.Wake();
        return submission;
    }

    /// <summary>Adds to a sweep what its changed file has more, and lets it go on.</summary>
    /// <exception cref="ResultsException">There is no such sweep, or the file does not only add to it.</exception>
    public async Task<ExtensionPlan> ExtendAsync(long sweepId, SweepSpec spec)
    {
        var plan = await SweepSubmission.ExtendAsync(store, Grains, application.Services.GetRequiredService<KnownSlots>(), sweepId, spec);
        agent?.Wake();
        return plan;
    }

    /// <summary>The sweep's progress, at once and then in intervals; the last one is that of its end.</summary>
    /// <exception cref="ResultsException">The database file has failed.</exception>
    public async IAsyncEnumerable<SweepProgress> WatchAsync(long sweepId, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            if (StorageFailure.IsCompleted) throw await StorageFailure;
            var progress = await ProgressAsync(sweepId);
            yield return progress;
            if (progress.IsOver) yield break;
            await Task.WhenAny(Task.Delay(interval, cancellation), StorageFailure);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The sweep as it is now.</summary>
    /// <exception cref="ResultsException">There is no such sweep.</exception>
    public Task<SweepProgress> ProgressAsync(long sweepId) => SweepProgress.ReadAsync(Queries, sweepId);

    /// <summary>Waits for the sweep's end.</summary>
    /// <exception cref="ResultsException">The database file has failed.</exception>
    public async Task<SweepProgress> WaitAsync(long sweepId, CancellationToken cancellation = default)
    {
        SweepProgress? last = null;
        await foreach (var progress in WatchAsync(sweepId, TimeSpan.FromMilliseconds(100), cancellation)) last = progress;
        return last!;
    }

    /// <summary>Judges the sweep, finished or not, and stores the verdict with it.</summary>
    /// <exception cref="ResultsException">There is no such sweep, or the database file has failed.</exception>
    public async Task<SweepAnswer> AnswerAsync(long sweepId)
    {
        var answer = await SweepAnswer.ReadAsync(Queries, sweepId);
        await store.SetAnswerAsync(sweepId, answer.Summary.Verdict, answer.ToJson());
        return answer;
    }

    /// <summary>Begins a night of a nightly job, or lets one that was paused go on.</summary>
    public async Task<NightStart> RunNightAsync(string job)
    {
        var start = await Grains.GetGrain<INightlyGrain>(job).RunNow();
        agent?.Wake();
        return start;
    }

    /// <summary>Judges the night that a sweep is, which has ended, and sends its alert; of one that was judged before: nothing.</summary>
    public async Task JudgeNightAsync(long sweepId)
    {
        var judge = application.Services.GetRequiredService<NightJudge>();
        if ((await Queries.Nightly.NightsToJudgeAsync()).FirstOrDefault(night => night.SweepId == sweepId) is { } night) await judge.JudgeAsync(night);
        if ((await Queries.Nightly.AlertsDueAsync()).FirstOrDefault(night => night.SweepId == sweepId) is { } due) await judge.AlertAsync(due);
    }

    /// <summary>Asks the sweep's workers for a checkpoint and their end, and waits for them; submitting its file again resumes it.</summary>
    public async Task PauseSweepAsync(long sweepId)
    {
        await Grains.GetGrain<ISweepGrain>(sweepId).Pause();
        agent?.Wake();
        await WaitAsync(sweepId);
    }

    /// <summary>Ends the sweep for good and waits for its workers' end.</summary>
    public async Task CancelSweepAsync(long sweepId)
    {
        await Grains.GetGrain<ISweepGrain>(sweepId).Cancel();
        agent?.Wake();
        await WaitAsync(sweepId);
    }

    /// <summary>Lets the workers write checkpoints and end, then closes everything. Sweeps that were running go on with the next head that
    /// <see cref="HeadOptions.ContinueSweeps">continues</see> them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        if (options.ContinueSweeps) HeadAddress.Remove(options.Home);
        // Without a database no checkpoint can be recorded: there is nothing to wait for.
        if (agent is not null)
        {
            await agent.StopAsync(StorageFailure.IsCompleted ? FailedGrace : null);
            await agent.DisposeAsync();
        }
        await application.StopAsync();
        await application.DisposeAsync();
        await store.DisposeAsync();
    }

    private static WebApplication Build(HeadOptions options, ResultsStore store)
    {
        // Nothing from the environment or files: a variable must not open the head to the network.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Listen(kestrel, options);
            kestrel.AddServerHeader = false;
            // An agent or a worker keeps one connection; what endpoints take is said beside them.
            kestrel.Limits.MaxConcurrentConnections = 32_768;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        }).UseKestrelHttpsConfiguration();
        options.Logging?.Invoke(builder.Logging);
        builder.Host.UseOrleans(silo =>
        {
            if (options.Silo is { } at) ClusterSilo.Join(silo, at, store.Address);
            else silo.UseLocalhostClustering(FreePort(), FreePort()).UseInMemoryReminderService();
        });
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options.Lease);
        builder.Services.AddSingleton(new KnownSlots(options.Slots!, TimeProvider.System.GetUtcNow()));
        builder.Services.AddSingleton<IEarlierStages, AddedSeeds>();
        // As an instance it is not the container's to dispose: the agent needs it until the very end.
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(new WorkerLogs(Path.Combine(options.Home, "logs")));
        builder.Services.AddSingleton(new CheckpointFiles(options.Home, options.UploadLimit));
        builder.Services.AddSingleton(new HeadIdentity(Guid.NewGuid().ToString("N")));
        builder.Services.AddSingleton<SweepAnswers>();
        builder.Services.AddSingleton<MachineList>();
        builder.Services.AddSingleton<RecentAttempts>();
        builder.Services.AddSingleton<LiveFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveFeed>());
        builder.Services.AddHostedService<LeaseWatch>();
        builder.Services.AddHostedService<PlacementWatch>();
        builder.Services.AddHostedService<AnswerWriting>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<NightJudge>();
        // A head for one sweep alone begins no nights.
        if (options.ContinueSweeps) builder.Services.AddHostedService<NightlyWatch>();
        builder.Services.AddHostedService(services =>
            ActivatorUtilities.CreateInstance<CheckpointRemoval>(services, Path.Combine(options.Home, "checkpoints")));
        builder.Services.AddSingleton(new HostNames(options.IsRemote, options.HostNames));
        builder.Services.AddHeadApi();
        var application = builder.Build();
        application.MapHeadApi();
        application.MapDashboard();
        return application;
    }

    private static async Task<Agent> StartAgentAsync(HeadOptions options, string worker, WebApplication application)
    {
        var agentOptions = new AgentOptions
        {
            Home = options.Home, DataDirectory = options.DataDirectory, HeadUrl = (options.Launcher.IsElsewhere && options.IsRemote ? NamedUrlOf(application) : UrlOf(application)).GetLeftPart(UriPartial.Authority),
            Worker = worker, Slots = options.Slots!, StopGrace = options.StopGrace,
        };
        var machine = application.Services.GetRequiredService<IGrainFactory>().GetGrain<IMachineGrain>(agentOptions.MachineId);
        var agent = new Agent(agentOptions, options.Launcher, machine.Sync, TimeProvider.System, application.Services.GetRequiredService<ILogger<Agent>>());
        await agent.StartAsync();
        return agent;
    }

    // All interfaces are the loopback one, too.
    private static Uri UrlOf(WebApplication application) => Addresses(application).Where(url => url.Scheme == Uri.UriSchemeHttp)
        .Select(url => url.Host is "0.0.0.0" or "[::]" ? new UriBuilder(url) { Host = "127.0.0.1" }.Uri : url).First(url => url.IsLoopback);

    // For workers on other machines: all interfaces have this machine's name.
    private static Uri NamedUrlOf(WebApplication application)
    {
        var url = Addresses(application).First(url => url.Scheme == Uri.UriSchemeHttps || !url.IsLoopback);
        return url.Host is "0.0.0.0" or "[::]" ? new UriBuilder(url) { Host = Dns.GetHostName() }.Uri : url;
    }

    private static IEnumerable<Uri> Addresses(WebApplication application) => application.Urls.Select(url => new Uri(url));

    /// <summary>With a certificate, or at an address that is not the loopback interface's, there is HTTP on that, too: for this machine's commands and workers.</summary>
    private static void Listen(KestrelServerOptions kestrel, HeadOptions options)
    {
        var isAny = options.Listen.Equals(IPAddress.Any) || options.Listen.Equals(IPAddress.IPv6Any);
        if (options.Certificate is { } certificate)
        {
            kestrel.Listen(options.Listen, options.Port, address => address.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate.Certificate, certificate.Chain)));
            kestrel.Listen(IPAddress.Loopback, 0);
            return;
        }
        var port = options is { Port: 0, IsRemote: true } && !isAny ? FreePort() : options.Port;
        kestrel.Listen(options.Listen, port);
        if (options.IsRemote && !isAny) kestrel.Listen(IPAddress.Loopback, port);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Leaves signals and the console to the caller.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
