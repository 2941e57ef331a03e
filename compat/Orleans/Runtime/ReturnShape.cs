using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Turns what a grain method returns (Task, Task of T, ValueTask, ValueTask of T) into a task of an object, and back.</summary>
internal abstract class ReturnShape
{
    /// <summary>Type of the result; null when there is none.</summary>
    public virtual Type? ResultType => null;

    public static ReturnShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task)) return new TaskShape();
        if (type == typeof(ValueTask)) return new ValueTaskShape();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var shape = generic == typeof(Task<>) ? typeof(TaskShape<>) : generic == typeof(ValueTask<>) ? typeof(ValueTaskShape<>)
            : throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {type}; a grain's method returns a Task or a ValueTask.");
        return (ReturnShape)Activator.CreateInstance(shape.MakeGenericType(type.GetGenericArguments()))!;
    }

    public abstract Task<object?> Unwrap(object? returned);

    public abstract object Wrap(Task<object?> call);

    private static async Task<T> Cast<T>(Task<object?> call) => (T)(await call.ConfigureAwait(false))!;

    private sealed class TaskShape : ReturnShape
    {
        public override async Task<object?> Unwrap(object? returned)
        {
            await (Task)returned!;
            return null;
        }

        public override object Wrap(Task<object?> call) => call;
    }

    private sealed class ValueTaskShape : ReturnShape
    {
        public override async Task<object?> Unwrap(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }

        public override object Wrap(Task<object?> call) => new ValueTask(call);
    }

    private sealed class TaskShape<T> : ReturnShape
    {
        public override Type? ResultType => typeof(T);

        public override async Task<object?> Unwrap(object? returned) => await (Task<T>)returned!;

        public override object Wrap(Task<object?> call) => Cast<T>(call);
    }

    private sealed class ValueTaskShape<T> : ReturnShape
    {
        public override Type? ResultType => typeof(T);

        public override async Task<object?> Unwrap(object? returned) => await (ValueTask<T>)returned!;

        public override object Wrap(Task<object?> call) => new ValueTask<T>(Cast<T>(call));
    }
}
