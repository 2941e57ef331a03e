using Compat.Orleans.Grains;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/grains/timers-and-reminders
public sealed class TimerTests
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_timer_ticks_again_and_again()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITickingGrain>("a").Start("t", TimeSpan.Zero, Short, interleave: false, keepAlive: false);
        await silo.Signals.WaitFor("t tick 3");
    }

    [Fact]
    public async Task An_exception_in_a_tick_does_not_end_the_timer()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITickingGrain>("a").StartThrowing("t");
        await silo.Signals.WaitFor("t tick 2");
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_request()
    {
        await using var silo = await TestSilo.StartAsync();
        var busy = silo.Grains.GetGrain<ITickingGrain>("a").StartAndStayBusy("t", interleave: false);
        await silo.Signals.WaitFor("t witness tick 1");
        silo.Signals.Set("t busy may end");
        Assert.False(await busy);
        await silo.Signals.WaitFor("t tick 1");
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait()
    {
        await using var silo = await TestSilo.StartAsync();
        var busy = silo.Grains.GetGrain<ITickingGrain>("a").StartAndStayBusy("t", interleave: true);
        await silo.Signals.WaitFor("t tick 1");
        silo.Signals.Set("t busy may end");
        Assert.True(await busy);
    }

    [Fact]
    public async Task A_timer_that_was_changed_is_due_at_the_new_time()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await grain.Start("t", Never, Never, false, false);
        await grain.Fire("t");
        await silo.Signals.WaitFor("t tick 1");
    }

    [Fact]
    public async Task A_disposed_timer_does_not_tick()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await grain.Start("t", Never, Never, false, false);
        await grain.Stop("t");
        await grain.Fire("t");
        await grain.Start("other", TimeSpan.Zero, Never, false, false);
        await silo.Signals.WaitFor("other tick 1");
        Assert.False(silo.Signals.IsSet("t tick 1"));
    }

    [Fact]
    public async Task Ticks_do_not_keep_an_idle_grain_unless_they_are_told_to()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(1);
            options.CollectionAge = TimeSpan.FromSeconds(2);
        }));
        var often = TimeSpan.FromMilliseconds(100);
        await silo.Grains.GetGrain<ITickingGrain>("kept").Start("kept", Short, often, interleave: false, keepAlive: true);
        await silo.Grains.GetGrain<ITickingGrain>("idle").Start("idle", Short, often, interleave: false, keepAlive: false);
        await silo.Signals.WaitFor("idle deactivated");
        Assert.False(silo.Signals.IsSet("kept deactivated"));
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await grain.Start("t", Short, Short, false, false);
        await silo.Signals.WaitFor("t tick 1");
        await grain.Leave();
        await silo.Signals.WaitFor("a deactivated");
        await grain.Nothing();
        await Assert.ThrowsAnyAsync<KeyNotFoundException>(() => grain.Stop("t"));
    }
}
