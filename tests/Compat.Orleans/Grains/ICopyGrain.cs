namespace Compat.Orleans.Grains;

public interface ICopyGrain : IGrainWithIntegerKey
{
    /// <summary>Keeps what it is given and changes it.</summary>
    Task<Parcel> Keep(Parcel parcel);

    /// <summary>What was kept.</summary>
    Task<Parcel> Kept();

    Task<object?> Echo(object? value);

    Task<Sealed> Share(Sealed value);

    Task<List<int>> ShareArgument([Immutable] List<int> value);
}
