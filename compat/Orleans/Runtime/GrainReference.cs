using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Implements a grain interface by calling the grain. Two references to one grain are equal.</summary>
public class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private static readonly ConcurrentDictionary<Type, bool> Checked = new();

    /// <summary>The grain that is referred to.</summary>
    public GrainId GrainId { get; private set; }

    internal Silo Silo { get; private set; } = null!;

    internal static GrainReference Create(Silo silo, GrainId id, Type grainInterface)
    {
        Checked.GetOrAdd(grainInterface, static type =>
        {
            foreach (var method in type.GetInterfaces().Append(type).SelectMany(i => i.GetMethods())) GrainMethod.Of(method).CheckTypes();
            return true;
        });
        var reference = (GrainReference)Create(grainInterface, typeof(GrainReference));
        reference.Silo = silo;
        reference.GrainId = id;
        return reference;
    }

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"GrainReference:{GrainId}";

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = GrainMethod.Of(targetMethod!);
        return method.Shape.Wrap(Silo.CallAsync(GrainId, method, args ?? []));
    }
}
