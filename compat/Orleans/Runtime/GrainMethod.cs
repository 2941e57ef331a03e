using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>A method of a grain interface.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Methods = new();
    private readonly MethodInfo method;
    private readonly ParameterInfo[] parameters;
    private readonly bool[] shared;
    private readonly bool sharesResult;
    private readonly int token;

    private GrainMethod(MethodInfo method)
    {
        this.method = method;
        parameters = method.GetParameters();
        shared = [.. parameters.Select(parameter => parameter.IsDefined(typeof(ImmutableAttribute)))];
        sharesResult = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false);
        token = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        Shape = ReturnShape.Of(method);
    }

    public string Name => $"{method.DeclaringType!.Name}.{method.Name}";

    public bool AlwaysInterleaves { get; }

    public ReturnShape Shape { get; }

    public static GrainMethod Of(MethodInfo method) => Methods.GetOrAdd(method, static method => new GrainMethod(method));

    /// <summary>Finds types that cannot travel before the first call does.</summary>
    /// <exception cref="CodecNotFoundException">A parameter's or the result's type cannot travel.</exception>
    public void CheckTypes()
    {
        foreach (var parameter in parameters) DeepCopier.Check(parameter.ParameterType);
        if (Shape.ResultType is { } result) DeepCopier.Check(result);
    }

    public CancellationToken TokenOf(object?[] arguments) => token < 0 ? default : (CancellationToken)arguments[token]!;

    public object?[] CopyArguments(object?[] arguments)
    {
        var copies = new object?[arguments.Length];
        for (var i = 0; i < copies.Length; i++) copies[i] = shared[i] ? arguments[i] : DeepCopier.Copy(arguments[i]);
        return copies;
    }

    public async Task<object?> InvokeAsync(Grain grain, object?[] arguments)
    {
        var result = await Shape.Unwrap(method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        return sharesResult ? result : DeepCopier.Copy(result);
    }
}
