using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Keys and references of grains and references.</summary>
public static class GrainExtensions
{
    /// <summary>Type and key.</summary>
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            GrainReference reference => reference.GrainId,
            IGrainBase { GrainContext: { } context } => context.GrainId,
            _ => throw new ArgumentException("This object is neither a grain that the runtime made nor a reference to one.", nameof(grain)),
        };
    }

    /// <summary>The text that is the key.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key;

    /// <summary>The integer that is the key.</summary>
    /// <exception cref="InvalidOperationException">The key is not an integer.</exception>
    public static long GetPrimaryKeyLong(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        return long.TryParse(id.Key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key : throw new InvalidOperationException($"Unable to extract integer key from grain id {id}");
    }

    /// <summary>A reference to the grain, for passing it to others.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        var silo = grain is GrainReference reference ? reference.Silo : ((Activation)((IGrainBase)grain).GrainContext).Silo;
        return (TGrainInterface)(object)GrainReference.Create(silo, id, typeof(TGrainInterface));
    }
}
