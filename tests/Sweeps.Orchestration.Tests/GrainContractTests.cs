using System.Reflection;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Tests;

/// <summary>
/// What Orleans can carry between silos, which calls within one do not show: primitive types, strings, enums of any assembly (as their numbers:
/// CodecProvider in dotnet/orleans takes the codec of the underlying type), arrays, and types with a generated serializer.
/// </summary>
public sealed class GrainContractTests
{
    public static TheoryData<string> Methods
    {
        get
        {
            var methods = new TheoryData<string>();
            foreach (var type in GrainInterfaces)
                foreach (var method in type.GetMethods()) methods.Add($"{type.Name}.{method.Name}");
            return methods;
        }
    }

    private static IEnumerable<Type> GrainInterfaces =>
        typeof(ISweepGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)));

    [Theory]
    [MemberData(nameof(Methods))]
    public void What_a_call_carries_can_be_sent_to_another_silo(string name)
    {
        var method = GrainInterfaces.SelectMany(type => type.GetMethods()).Single(method => $"{method.DeclaringType!.Name}.{method.Name}" == name);
        foreach (var parameter in method.GetParameters()) CanBeSent(parameter.ParameterType);
        Assert.True(method.ReturnType.IsAssignableTo(typeof(Task)), $"{method.ReturnType} is no Task");
        foreach (var result in method.ReturnType.GetGenericArguments()) CanBeSent(result);
    }

    private static void CanBeSent(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan)) return;
        if (type.IsArray)
        {
            CanBeSent(type.GetElementType()!);
            return;
        }
        Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute)), $"{type} has no [GenerateSerializer]");
        // Of a record the parameters of its constructor have numbers without being given them; other properties that are stored need [Id].
        var parameters = type.GetConstructors()[0].GetParameters().Select(parameter => parameter.Name).ToHashSet();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            Assert.True(parameters.Contains(property.Name) || property.IsDefined(typeof(IdAttribute)), $"{type}.{property.Name} has no [Id]");
            CanBeSent(property.PropertyType);
        }
    }
}
