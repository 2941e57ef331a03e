namespace Compat.Orleans.Grains;

public sealed class LifeGrain(Signals signals, ScopedThing thing) : Grain, ILifeGrain
{
    private int number;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(thing);
        if (this.GetPrimaryKeyString() == "broken" && !signals.IsSet("repaired")) throw new InvalidDataException("The state cannot be read.");
        signals.Log.Enqueue($"{IdentityString} activated");
        number = signals.Log.Count(line => line == $"{IdentityString} activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        signals.Set($"{this.GetPrimaryKeyString()} deactivated {number}", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }

    public Task<int> Activation() => Task.FromResult(number);

    public async Task Leave()
    {
        DeactivateOnIdle();
        signals.Set("leaving");
        await signals.WaitFor("leave may end");
        Assert.False(signals.IsSet($"{this.GetPrimaryKeyString()} deactivated {number}"));
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }
}
