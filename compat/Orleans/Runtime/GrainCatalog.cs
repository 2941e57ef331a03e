using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>The grain classes of the program: those in the loaded assemblies and what they refer to.</summary>
internal sealed class GrainCatalog
{
    private readonly Lazy<Dictionary<string, GrainClass>> classes = new(FindClasses);
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> resolved = new();

    public GrainClass OfType(string grainType) => classes.Value[grainType];

    /// <summary>The class that implements an interface.</summary>
    /// <exception cref="ArgumentException">None does, or several do and neither the prefix nor the interface's name decides.</exception>
    public GrainClass Implementing(Type grainInterface, string? prefix) => resolved.GetOrAdd((grainInterface, prefix), Resolve);

    private GrainClass Resolve((Type Interface, string? Prefix) key)
    {
        var (grainInterface, prefix) = key;
        var candidates = classes.Value.Values.Where(c => grainInterface.IsAssignableFrom(c.Type)).ToList();
        GrainClass? best;
        if (string.IsNullOrWhiteSpace(prefix))
        {
            best = candidates.Find(c => c.Type.Name == grainInterface.Name[1..]);
        }
        else
        {
            candidates.RemoveAll(c => !c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal));
            best = candidates.Find(c => c.Type.FullName == prefix);
        }
        if (best is null && candidates.Count > 1)
        {
            throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {grainInterface}. "
                + $"Candidates: {string.Join(", ", candidates.Select(c => c.Type.FullName))}");
        }
        return best ?? candidates.FirstOrDefault() ?? throw new ArgumentException(string.IsNullOrWhiteSpace(prefix)
            ? $"Could not find an implementation for interface {grainInterface}"
            : $"Could not find an implementation matching prefix \"{prefix}\" for interface {grainInterface}");
    }

    private static Dictionary<string, GrainClass> FindClasses()
    {
        var found = new Dictionary<string, GrainClass>();
        foreach (var type in ApplicationAssemblies().SelectMany(assembly => assembly.GetTypes()))
        {
            if (!type.IsSubclassOf(typeof(Grain)) || type.IsAbstract || type.ContainsGenericParameters) continue;
            var grainClass = new GrainClass(type);
            if (!found.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException(
                    $"Grain classes {found[grainClass.GrainType].Type} and {type} have the same name; rename one of them.");
            }
        }
        return found;
    }

    /// <summary>The assemblies that refer to this one, among the loaded ones and all that those need.</summary>
    private static IEnumerable<Assembly> ApplicationAssemblies()
    {
        var self = typeof(GrainCatalog).Assembly.GetName().Name;
        var open = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic && !IsPlatform(assembly.GetName())));
        var seen = open.Select(assembly => assembly.GetName().Name).ToHashSet();
        while (open.TryPop(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == self)) yield return assembly;
            foreach (var reference in references)
            {
                if (!IsPlatform(reference) && seen.Add(reference.Name) && TryLoad(reference) is { } loaded) open.Push(loaded);
            }
        }
    }

    private static bool IsPlatform(AssemblyName name) =>
        name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (FileNotFoundException) // an optional dependency that was not shipped
        {
            return null;
        }
    }
}
