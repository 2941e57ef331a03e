namespace Compat.Orleans.Grains;

public sealed class CopyGrain : Grain, ICopyGrain
{
    private Parcel? kept;

    public Task<Parcel> Keep(Parcel parcel)
    {
        kept = parcel;
        kept.Items.Add("added by the grain");
        return Task.FromResult(kept);
    }

    public Task<Parcel> Kept() => Task.FromResult(kept!);

    public Task<object?> Echo(object? value) => Task.FromResult(value);

    public Task<Sealed> Share(Sealed value) => Task.FromResult(value);

    public Task<List<int>> ShareArgument([Immutable] List<int> value)
    {
        value.Add(4);
        return Task.FromResult(value);
    }
}
