using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Copies the generic collections and tuples of the base library, element by element; one method per type, found by its parameter.</summary>
internal static class WellKnownCopies
{
    private static readonly Dictionary<Type, MethodInfo> Methods = typeof(WellKnownCopies)
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
        .Where(method => method.Name == nameof(Copy))
        .ToDictionary(method => method.GetParameters()[0].ParameterType.GetGenericTypeDefinition());

    /// <summary>How objects of a type are copied; null when it is none of the well-known ones.</summary>
    public static ObjectCopy? Of(Type type)
    {
        if (!type.IsGenericType || !Methods.TryGetValue(type.GetGenericTypeDefinition(), out var method)) return null;
        var copy = method.MakeGenericMethod(type.GetGenericArguments());
        var box = typeof(WellKnownCopies).GetMethod(nameof(Box), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
        return (ObjectCopy)box.Invoke(null, [copy])!;
    }

    private static ObjectCopy Box<T>(MethodInfo method) where T : notnull
    {
        var copy = method.CreateDelegate<Func<T, CopyContext, T>>();
        return (source, context) => copy((T)source, context);
    }

    private static T Of<T>(T item, CopyContext context) => (T)DeepCopier.Copy(item, context)!;

    private static List<T> Copy<T>(List<T> source, CopyContext context)
    {
        var copy = new List<T>(source.Count);
        context.Record(source, copy);
        foreach (var item in source) copy.Add(Of(item, context));
        return copy;
    }

    private static HashSet<T> Copy<T>(HashSet<T> source, CopyContext context)
    {
        var copy = new HashSet<T>(source.Count, source.Comparer);
        context.Record(source, copy);
        foreach (var item in source) copy.Add(Of(item, context));
        return copy;
    }

    private static Queue<T> Copy<T>(Queue<T> source, CopyContext context)
    {
        var copy = new Queue<T>(source.Count);
        context.Record(source, copy);
        foreach (var item in source) copy.Enqueue(Of(item, context));
        return copy;
    }

    private static Dictionary<TKey, TValue> Copy<TKey, TValue>(Dictionary<TKey, TValue> source, CopyContext context) where TKey : notnull
    {
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        context.Record(source, copy);
        foreach (var (key, value) in source) copy.Add(Of(key, context), Of(value, context));
        return copy;
    }

    private static SortedDictionary<TKey, TValue> Copy<TKey, TValue>(SortedDictionary<TKey, TValue> source, CopyContext context) where TKey : notnull
    {
        var copy = new SortedDictionary<TKey, TValue>(source.Comparer);
        context.Record(source, copy);
        foreach (var (key, value) in source) copy.Add(Of(key, context), Of(value, context));
        return copy;
    }

    private static ReadOnlyCollection<T> Copy<T>(ReadOnlyCollection<T> source, CopyContext context) =>
        new([.. source.Select(item => Of(item, context))]);

    private static ImmutableArray<T> Copy<T>(ImmutableArray<T> source, CopyContext context) =>
        source.IsDefault ? source : [.. source.Select(item => Of(item, context))];

    private static ImmutableList<T> Copy<T>(ImmutableList<T> source, CopyContext context) => [.. source.Select(item => Of(item, context))];

    private static ImmutableDictionary<TKey, TValue> Copy<TKey, TValue>(ImmutableDictionary<TKey, TValue> source, CopyContext context)
        where TKey : notnull =>
        source.ToImmutableDictionary(pair => Of(pair.Key, context), pair => Of(pair.Value, context), source.KeyComparer, source.ValueComparer);

    private static KeyValuePair<TKey, TValue> Copy<TKey, TValue>(KeyValuePair<TKey, TValue> source, CopyContext context) =>
        new(Of(source.Key, context), Of(source.Value, context));

    private static ValueTuple<T1, T2> Copy<T1, T2>(ValueTuple<T1, T2> source, CopyContext context) =>
        (Of(source.Item1, context), Of(source.Item2, context));

    private static ValueTuple<T1, T2, T3> Copy<T1, T2, T3>(ValueTuple<T1, T2, T3> source, CopyContext context) =>
        (Of(source.Item1, context), Of(source.Item2, context), Of(source.Item3, context));
}
