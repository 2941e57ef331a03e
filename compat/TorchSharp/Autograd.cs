namespace TorchSharp;

public static partial class torch
{
    /// <summary>Turns the recording of gradients off until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>Turns the recording of gradients on (or off) until the result is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static bool is_grad_enabled() => Door.door_grad_enabled() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly int before = Door.door_grad_enabled();

        internal GradMode(bool enabled) => Door.door_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Door.door_set_grad_enabled(before);
    }

    public static class autograd
    {
        /// <summary>Adds to the gradients of the leaves: the sum over i of tensors[i] times grad_tensors[i].</summary>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            if (create_graph || inputs is not null) throw new NotSupportedException("create_graph and inputs are not part of this subset.");
            var roots = stackalloc nint[tensors.Count];
            var seeds = stackalloc nint[tensors.Count];
            for (var i = 0; i < tensors.Count; i++)
            {
                roots[i] = tensors[i].Handle;
                seeds[i] = grad_tensors is null ? 0 : grad_tensors[i].Handle;
            }
            Door.Checked(Door.door_backward(roots, seeds, tensors.Count, retain_graph is true ? 1 : 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
        }
    }
}
