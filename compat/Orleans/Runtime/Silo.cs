using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>The activations of this process: finds or makes the one that a call is for, collects idle ones, ends all at the host's stop.</summary>
internal sealed class Silo(
    IServiceProvider services, GrainCatalog catalog, TimeProvider time, ILogger<Silo> log,
    IOptions<SiloMessagingOptions> messaging, IOptions<GrainCollectionOptions> collection) : IHostedService
{
    private readonly ConcurrentDictionary<GrainId, Activation> activations = new();
    private readonly CancellationTokenSource stopping = new();
    private volatile bool accepting;

    public IServiceProvider Services => services;

    public GrainCatalog Catalog => catalog;

    public TimeProvider Time => time;

    public ILogger Log => log;

    public GrainCollectionOptions Collection => collection.Value;

    /// <summary>Cancelled when the host stops.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Calls a grain with copies of the arguments and returns a copy of the result.</summary>
    public async Task<object?> CallAsync(GrainId target, GrainMethod method, object?[] arguments)
    {
        var copies = method.CopyArguments(arguments);
        var request = new Request
        {
            Name = $"{target}.{method.Name}",
            Invoke = grain => method.InvokeAsync(grain, copies),
            Interleaves = method.AlwaysInterleaves,
        };
        Dispatch(target, request);
        var timeout = messaging.Value.ResponseTimeout;
        try
        {
            return await request.Result.WaitAsync(timeout, time, method.TokenOf(arguments)).ConfigureAwait(false);
        }
        catch (Exception exception) when (!request.Result.IsCompleted)
        {
            request.Abandon();
            if (exception is not TimeoutException) throw;
            throw new TimeoutException($"Response did not arrive on time in {timeout} for message: {request.Name}.");
        }
    }

    public void Dispatch(GrainId target, Request request)
    {
        while (true)
        {
            if (!activations.TryGetValue(target, out var activation))
            {
                if (!accepting)
                {
                    request.Fail(new SiloUnavailableException($"The host of the grains is not running and cannot process {request.Name}."));
                    return;
                }
                activation = activations.GetOrAdd(target, id => new Activation(this, id, catalog.OfType(id.Type)));
            }
            if (activation.TryReceive(request)) return;
            Remove(activation);
        }
    }

    public void Remove(Activation activation) => activations.TryRemove(new(activation.GrainId, activation));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Collection.CollectionQuantum <= TimeSpan.Zero || Collection.CollectionAge <= Collection.CollectionQuantum)
        {
            throw new OrleansConfigurationException($"{nameof(GrainCollectionOptions.CollectionAge)} is {Collection.CollectionAge}; it must be "
                + $"greater than {nameof(GrainCollectionOptions.CollectionQuantum)}, which is {Collection.CollectionQuantum} and must be positive.");
        }
        accepting = true;
        _ = CollectAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        accepting = false;
        stopping.Cancel();
        var left = activations.Values.ToArray();
        foreach (var activation in left) activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The host stops."));
        try
        {
            await Task.WhenAll(left.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("{Count} grains did not end before the host's shutdown time-out.", activations.Count);
        }
    }

    private async Task CollectAsync()
    {
        using var timer = new PeriodicTimer(Collection.CollectionQuantum, time);
        try
        {
            while (await timer.WaitForNextTickAsync(Stopping))
            {
                foreach (var activation in activations.Values) activation.CollectIfIdle(Collection.CollectionAge);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
