using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Copies an object of a <see cref="GenerateSerializerAttribute"/> type: members with an <see cref="IdAttribute"/> and those of a record's primary constructor.</summary>
internal sealed class MemberwiseCopy
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Type type;
    private readonly FieldInfo[] fields;
    private readonly ConstructorInfo? constructor;

    public MemberwiseCopy(Type type)
    {
        this.type = type;
        constructor = type.GetConstructor(Type.EmptyTypes);
        var found = new List<FieldInfo>();
        for (var level = type; level != typeof(object) && level != typeof(ValueType); level = level.BaseType!)
        {
            if (!level.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)) throw DeepCopier.NotFound(level);
            found.AddRange(FieldsOf(level));
        }
        fields = [.. found];
    }

    public object Copy(object source, CopyContext context)
    {
        var copy = constructor is null ? RuntimeHelpers.GetUninitializedObject(type) : constructor.Invoke(null);
        if (!type.IsValueType) context.Record(source, copy);
        foreach (var field in fields)
        {
            var value = field.GetValue(source);
            field.SetValue(copy, field.IsDefined(typeof(ImmutableAttribute)) ? value : DeepCopier.Copy(value, context));
        }
        return copy;
    }

    public void Check(HashSet<Type> seen)
    {
        foreach (var field in fields) DeepCopier.Check(field.FieldType, seen);
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type level)
    {
        var isRecord = level.GetMethod("<Clone>$", Members) is not null || level.GetMethod("PrintMembers", Members) is not null;
        var parameters = !isRecord ? [] : level.GetConstructors(Members).SelectMany(c => c.GetParameters()).Select(p => (p.Name, p.ParameterType)).ToHashSet();
        var ids = new HashSet<uint>();
        foreach (var field in level.GetFields(Members))
        {
            var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
            var property = level.GetProperty(name, Members);
            var id = field.GetCustomAttribute<IdAttribute>() ?? property?.GetCustomAttribute<IdAttribute>();
            if (id is not null && !ids.Add(id.Id)) throw new SerializerException($"Two members of {level} have [Id({id.Id})].");
            if (id is not null || parameters.Contains((name, field.FieldType))) yield return field;
            else if (!field.IsDefined(typeof(NonSerializedAttribute)))
                throw new SerializerException($"{level}.{name} has neither [Id(n)] nor [NonSerialized]: its value would be lost between grains.");
        }
    }
}
