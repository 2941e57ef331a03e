using Compat.Orleans.Grains;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/grains/request-scheduling
public sealed class TurnTests
{
    private static ITurnGrain Turns(TestSilo silo, string key) => silo.Grains.GetGrain<ITurnGrain>(key, typeof(TurnGrain).FullName);

    [Fact]
    public async Task A_grain_executes_one_request_at_a_time()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = Turns(silo, "a");
        var first = grain.Work("first");
        await silo.Signals.WaitFor("first began");
        var second = grain.Work("second");
        var other = Turns(silo, "b").Work("other");
        await silo.Signals.WaitFor("other began");
        Assert.False(silo.Signals.IsSet("second began"));
        foreach (var name in (string[])["first", "second", "other"]) silo.Signals.Set($"{name} may end");
        Assert.All(await Task.WhenAll(first, second, other), others => Assert.Equal(0, others));
    }

    [Fact]
    public async Task Requests_of_a_reentrant_grain_interleave_at_awaits()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantGrain>("a");
        var first = grain.Work("first");
        await silo.Signals.WaitFor("first began");
        var second = grain.Work("second");
        await silo.Signals.WaitFor("second began");
        silo.Signals.Set("first may end");
        silo.Signals.Set("second may end");
        await Task.WhenAll(first, second);
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task An_always_interleaving_method_runs_beside_a_request()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = Turns(silo, "a");
        var first = grain.Work("first");
        await silo.Signals.WaitFor("first began");
        silo.Signals.Set("inner may end");
        Assert.Equal(1, await grain.Interleaving("inner"));
        silo.Signals.Set("first may end");
        await first;
    }

    [Fact]
    public async Task An_ordinary_request_runs_beside_an_always_interleaving_one()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = Turns(silo, "a");
        var inner = grain.Interleaving("inner");
        await silo.Signals.WaitFor("inner began");
        silo.Signals.Set("first may end");
        Assert.Equal(1, await grain.Work("first"));
        silo.Signals.Set("inner may end");
        await inner;
    }

    [Fact]
    public async Task Continuations_stay_on_the_scheduler_of_the_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(1, await Turns(silo, "a").SchedulersSeen());
    }

    [Fact]
    public async Task Concurrent_callers_lose_no_update()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = Turns(silo, "a");
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => grain.Count(50))));
        Assert.Equal(1000, results.Max());
    }
}
