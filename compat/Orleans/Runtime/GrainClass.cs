using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A class of grains.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "grain";
    private readonly Lazy<ObjectFactory> factory;

    public GrainClass(Type type)
    {
        Type = type;
        var name = type.Name.ToLowerInvariant();
        GrainType = name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name;
        Reentrant = type.IsDefined(typeof(ReentrantAttribute));
        factory = new(() => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes));
    }

    public Type Type { get; }

    /// <summary>The class in grain ids: its name in lower case without the ending "grain".</summary>
    public string GrainType { get; }

    public bool Reentrant { get; }

    public Grain Construct(IServiceProvider services) => (Grain)factory.Value(services, null);
}
