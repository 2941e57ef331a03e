namespace TorchSharp;

/// <summary>
/// Disposes what was created on this thread while it was the innermost scope, unless it was moved out. As TorchSharp documents:
/// a scope frees the tensors, not the graph that autograd still needs.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? current;

    private readonly List<torch.Tensor> tensors = [];
    private readonly DisposeScope? outer;

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    public void Dispose()
    {
        current = outer;
        foreach (var tensor in tensors)
        {
            if (tensor.Scope == this) tensor.Dispose();
        }
        tensors.Clear();
    }

    internal static DisposeScope? Register(torch.Tensor tensor)
    {
        current?.tensors.Add(tensor);
        return current;
    }

    internal static void MoveToOuterOf(torch.Tensor tensor) => Move(tensor, tensor.Scope?.outer);

    internal static void Move(torch.Tensor tensor, DisposeScope? target)
    {
        if (tensor.Scope == target) return;
        // The old scope keeps its entry and skips it; searching a long list on each move would be slow.
        tensor.Scope = target;
        target?.tensors.Add(tensor);
    }
}

public static partial class torch
{
    /// <summary>Opens a scope; dispose it with <c>using</c>.</summary>
    public static DisposeScope NewDisposeScope() => new();
}
