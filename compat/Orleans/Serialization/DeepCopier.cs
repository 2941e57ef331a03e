using System.Collections.Concurrent;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>
/// Copies arguments and results as sending them through a network would: no two grains ever share an object that can change.
/// What could not be sent cannot be copied either.
/// </summary>
internal static class DeepCopier
{
    private static readonly ConcurrentDictionary<Type, ObjectCopy?> Copies = new();

    private static readonly HashSet<Type> Values =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint),
        typeof(CancellationToken),
    ];

    /// <summary>A copy that shares nothing changeable with the source; references within it stay as they are.</summary>
    /// <exception cref="CodecNotFoundException">Something in it has a type that cannot travel.</exception>
    public static object? Copy(object? source) => Copy(source, new CopyContext());

    internal static object? Copy(object? source, CopyContext context)
    {
        if (source is null) return null;
        if (CopyOf(source.GetType()) is not { } copy) return source;
        return context.TryGetCopy(source, out var known) ? known : copy(source, context);
    }

    /// <summary>Finds a type that cannot travel without having a value, as far as declared types tell.</summary>
    /// <exception cref="CodecNotFoundException">The type, one of its arguments or one of its members cannot travel.</exception>
    public static void Check(Type type) => Check(type, []);

    internal static void Check(Type type, HashSet<Type> seen)
    {
        if (type.ContainsGenericParameters || !seen.Add(type)) return;
        foreach (var argument in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments()) Check(argument, seen);
        if (type.IsInterface || type.IsAbstract || type == typeof(object) || Nullable.GetUnderlyingType(type) is not null) return;
        if (CopyOf(type) is { Target: MemberwiseCopy members }) members.Check(seen);
    }

    /// <summary>How objects of a type are copied; null when they are shared because nobody can change them.</summary>
    private static ObjectCopy? CopyOf(Type type) => Copies.GetOrAdd(type, static type =>
    {
        if (type.IsPrimitive || type.IsEnum || Values.Contains(type) || type.IsSubclassOf(typeof(GrainReference)) || typeof(Type).IsAssignableFrom(type))
            return null;
        if (type.IsArray) return ArrayCopy;
        if (WellKnownCopies.Of(type) is { } wellKnown) return wellKnown;
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)) throw NotFound(type);
        return type.IsDefined(typeof(ImmutableAttribute), inherit: false) ? null : new MemberwiseCopy(type).Copy;
    });

    internal static CodecNotFoundException NotFound(Type type) =>
        new($"Could not find a copier for type {type}. Mark it with [GenerateSerializer] and its members with [Id(n)], or use a well-known collection.");

    private static object ArrayCopy(object source, CopyContext context)
    {
        var array = (Array)source;
        var copy = (Array)array.Clone();
        context.Record(source, copy);
        var element = array.GetType().GetElementType()!;
        if (element.IsPrimitive || Values.Contains(element)) return copy;
        if (array.Rank > 1) throw NotFound(array.GetType());
        for (var i = 0; i < array.Length; i++) copy.SetValue(Copy(array.GetValue(i), context), i);
        return copy;
    }
}
