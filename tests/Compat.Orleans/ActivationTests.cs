using Compat.Orleans.Grains;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/grains/grain-lifecycle and .../host/configuration-guide/activation-collection
public sealed class ActivationTests
{
    private static void QuickCollection(ISiloBuilder silo) => silo.Configure<GrainCollectionOptions>(options =>
    {
        options.CollectionQuantum = TimeSpan.FromSeconds(1);
        options.CollectionAge = TimeSpan.FromSeconds(2);
    });

    [Fact]
    public async Task A_grain_is_activated_by_its_first_call_and_then_stays()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        Assert.Empty(silo.Signals.Log);
        Assert.Equal(1, await grain.Activation());
        Assert.Equal(1, await silo.Grains.GetGrain<ILifeGrain>("a").Activation());
        Assert.Single(silo.Signals.Log);
    }

    [Fact]
    public async Task Concurrent_first_calls_activate_once()
    {
        await using var silo = await TestSilo.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => silo.Grains.GetGrain<ILifeGrain>("a").Activation())));
        Assert.Single(silo.Signals.Log);
    }

    [Fact]
    public async Task A_failed_activation_reaches_the_caller_and_a_later_call_tries_again()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("broken");
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<InvalidDataException>(grain.Activation)).Message);
        silo.Signals.Set("repaired");
        Assert.Equal(1, await grain.Activation());
    }

    [Fact]
    public async Task Deactivation_waits_for_the_request_and_the_next_call_makes_a_new_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var leave = grain.Leave();
        await silo.Signals.WaitFor("leaving");
        var next = grain.Activation();
        silo.Signals.Set("leave may end");
        await leave;
        Assert.Equal(2, await next);
        Assert.Equal("ApplicationRequested", await silo.Signals.WaitFor("a deactivated 1"));
    }

    [Fact]
    public async Task Scoped_services_end_with_the_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        silo.Signals.Set("leave may end");
        await silo.Grains.GetGrain<ILifeGrain>("a").Leave();
        await silo.Signals.WaitFor("scoped thing disposed");
    }

    [Fact]
    public async Task An_idle_activation_is_collected()
    {
        await using var silo = await TestSilo.StartAsync(QuickCollection);
        await silo.Grains.GetGrain<ILifeGrain>("a").Activation();
        Assert.Equal("ActivationIdle", await silo.Signals.WaitFor("a deactivated 1"));
    }

    [Fact]
    public async Task Delaying_deactivation_keeps_an_idle_activation()
    {
        await using var silo = await TestSilo.StartAsync(QuickCollection);
        await silo.Grains.GetGrain<ILifeGrain>("kept").Delay(TimeSpan.FromMinutes(5));
        await silo.Grains.GetGrain<ILifeGrain>("idle").Activation();
        await silo.Signals.WaitFor("idle deactivated 1");
        Assert.Equal(1, await silo.Grains.GetGrain<ILifeGrain>("kept").Activation());
        Assert.False(silo.Signals.IsSet("kept deactivated 1"));
    }

    [Fact]
    public async Task Stopping_the_host_deactivates_every_grain()
    {
        await using var silo = await TestSilo.StartAsync();
        foreach (var key in (string[])["a", "b", "c"]) await silo.Grains.GetGrain<ILifeGrain>(key).Activation();
        await silo.StopAsync();
        foreach (var key in (string[])["a", "b", "c"])
        {
            Assert.True(silo.Signals.IsSet($"{key} deactivated 1"));
            Assert.Equal("ShuttingDown", await silo.Signals.WaitFor($"{key} deactivated 1"));
        }
    }
}
