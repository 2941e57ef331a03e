using System.Globalization;

namespace Orleans.Runtime;

internal sealed class GrainFactory(Silo silo) : IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        if (string.IsNullOrWhiteSpace(primaryKey)) throw new ArgumentException("A grain's key cannot be empty.", nameof(primaryKey));
        return Create<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Create<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    private TGrainInterface Create<TGrainInterface>(string key, string? prefix)
    {
        var grainClass = silo.Catalog.Implementing(typeof(TGrainInterface), prefix);
        return (TGrainInterface)(object)GrainReference.Create(silo, new GrainId(grainClass.GrainType, key), typeof(TGrainInterface));
    }
}
