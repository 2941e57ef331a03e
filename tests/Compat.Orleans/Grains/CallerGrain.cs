namespace Compat.Orleans.Grains;

public sealed class CallerGrain : Grain, ICallerGrain
{
    public Task<string> CallVia(string otherKey) => GrainFactory.GetGrain<ICallerGrain>(otherKey).CallBack(this.AsReference<ICallerGrain>());

    public Task<string> CallBack(ICallerGrain caller) => caller.Name();

    public Task<string> Name() => Task.FromResult(this.GetPrimaryKeyString());
}
