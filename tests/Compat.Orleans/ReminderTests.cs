using Compat.Orleans.Grains;
using Orleans.Hosting;

namespace Compat.Orleans;

// https://learn.microsoft.com/dotnet/orleans/grains/timers-and-reminders#reminders
public sealed class ReminderTests
{
    private static Task<TestSilo> StartAsync() => TestSilo.StartAsync(silo =>
    {
        silo.UseInMemoryReminderService();
        silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(50));
    });

    [Fact]
    public async Task A_reminder_ticks_and_wakes_its_grain()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        var period = TimeSpan.FromMilliseconds(100);
        await grain.Remind("r", TimeSpan.Zero, period);
        Assert.Equal(period.ToString(), await silo.Signals.WaitFor("r reminded 1"));
        await grain.Leave();
        await silo.Signals.WaitFor("a deactivated");
        await silo.Signals.WaitFor($"r reminded {silo.Signals.Log.Count + 2}");
    }

    [Fact]
    public async Task An_unregistered_reminder_is_gone()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await grain.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        Assert.True(await grain.Forget("r"));
        Assert.False(await grain.Forget("r"));
    }

    [Fact]
    public async Task Registering_again_replaces_the_reminder()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await grain.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.Remind("r", TimeSpan.FromMilliseconds(200), TimeSpan.FromHours(1));
        await silo.Signals.WaitFor("r reminded 1");
    }

    [Fact]
    public async Task A_period_below_the_minimum_is_refused()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<ITickingGrain>("a");
        await Assert.ThrowsAsync<ArgumentException>(() => grain.Remind("r", TimeSpan.Zero, TimeSpan.FromMilliseconds(10)));
    }
}
