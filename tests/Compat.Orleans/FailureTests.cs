using Compat.Orleans.Grains;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/grains/#exceptions and .../grains/request-scheduling#reentrancy (the deadlock example)
public sealed class FailureTests
{
    private static void ShortTimeout(ISiloBuilder silo) =>
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));

    [Fact]
    public async Task An_exception_reaches_the_caller_with_its_type_and_message()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IFailingGrain>(1);
        Assert.Equal("now", (await Assert.ThrowsAsync<InvalidDataException>(() => grain.Throw("now"))).Message);
        Assert.Equal("later", (await Assert.ThrowsAsync<InvalidDataException>(() => grain.ThrowAfterAwait("later"))).Message);
        Assert.Equal(1, await grain.Ping());
    }

    [Fact]
    public async Task A_call_without_an_answer_times_out()
    {
        await using var silo = await TestSilo.StartAsync(ShortTimeout);
        var grain = silo.Grains.GetGrain<IFailingGrain>(1);
        await Assert.ThrowsAsync<TimeoutException>(grain.Hang);
        silo.Signals.Set("hang may end");
    }

    [Fact]
    public async Task A_request_that_timed_out_while_it_waited_is_dropped()
    {
        await using var silo = await TestSilo.StartAsync(ShortTimeout);
        var grain = silo.Grains.GetGrain<IFailingGrain>(1);
        var hang = grain.Hang();
        await silo.Signals.WaitFor("hang began");
        await Assert.ThrowsAsync<TimeoutException>(grain.Ping);
        await Assert.ThrowsAsync<TimeoutException>(() => hang);
        silo.Signals.Set("hang may end");
        await grain.Ping();
        Assert.Single(silo.Signals.Log);
    }

    [Fact]
    public async Task Two_grains_that_call_each_other_time_out_instead_of_waiting_for_ever()
    {
        await using var silo = await TestSilo.StartAsync(ShortTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grains.GetGrain<ICallerGrain>("a").CallVia("b"));
        Assert.Equal("a", await silo.Grains.GetGrain<ICallerGrain>("a").Name());
    }

    [Fact]
    public async Task Cancelling_a_call_frees_the_caller_and_tells_the_grain()
    {
        await using var silo = await TestSilo.StartAsync();
        using var stop = new CancellationTokenSource();
        var call = silo.Grains.GetGrain<IFailingGrain>(1).HangUntilCancelled(stop.Token);
        await silo.Signals.WaitFor("hang began");
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await silo.Signals.WaitFor("callee cancelled");
    }
}
