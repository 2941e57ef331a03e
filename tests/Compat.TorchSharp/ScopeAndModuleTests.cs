using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Compat.TorchSharp;

public sealed class ScopeAndModuleTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inner, moved, detached, outerMade;
        using (NewDisposeScope())
        {
            outerMade = zeros([1]);
            using (NewDisposeScope())
            {
                inner = zeros([1]);
                moved = zeros([1]).MoveToOuterDisposeScope();
                detached = zeros([1]).DetachFromDisposeScope();
            }
            Assert.True(inner.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.False(outerMade.IsInvalid);
        }
        Assert.True(moved.IsInvalid);
        Assert.True(outerMade.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void A_scope_does_not_cut_the_graph_that_autograd_needs()
    {
        using var x = tensor([3.0], [1]).requires_grad_();
        Tensor y;
        using (NewDisposeScope()) y = (x * x * x).MoveToOuterDisposeScope();
        y.backward();
        Assert.Equal([27.0], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void A_parameter_takes_the_tensor_over()
    {
        var data = ones([2]);
        using var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.True(parameter.is_leaf);
        using var frozen = new Parameter(ones([2]), requires_grad: false);
        Assert.False(frozen.requires_grad);
    }

    [Fact]
    public void Components_are_named_after_their_fields()
    {
        using var model = new Outer();
        Assert.Equal(["scale", "inner.weight", "list.0.weight", "list.1.weight", "list.1.bias"], model.named_parameters().Select(p => p.name).Order(new ByDeclaration()));
        Assert.Equal(["table"], model.named_buffers().Select(b => b.name));
        Assert.Equal(5, model.parameters().Count());
    }

    [Fact]
    public void Training_mode_reaches_every_submodule()
    {
        using var model = new Outer();
        Assert.True(model.training);
        model.eval();
        Assert.False(model.training);
        Assert.All(model.named_children(), child => Assert.False(child.module.training));
        model.train();
        Assert.All(model.named_children(), child => Assert.True(child.module.training));
    }

    [Fact]
    public void Components_survive_the_scope_they_were_made_in()
    {
        Outer model;
        using (NewDisposeScope()) model = new Outer();
        Assert.Equal([2L, 3], model.call(ones([2, 4])).shape);
        var parameters = model.parameters().ToList();
        model.Dispose();
        Assert.All(parameters, p => Assert.True(p.IsInvalid));
    }

    [Fact]
    public void What_moves_to_a_device_is_new_and_stands_where_the_old_stood()
    {
        using var model = new Outer();
        var before = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Same(model, model.to(CPU));
        Assert.All(model.named_parameters(), p => Assert.Same(before[p.name], p.parameter));

        model.to(META);
        Assert.All(before.Values, parameter => Assert.True(parameter.IsInvalid));
        Assert.Equal(before.Keys.Order(), model.named_parameters().Select(p => p.name).Order());
        Assert.All(model.named_parameters(), p => Assert.Equal((DeviceType.META, true), (p.parameter.device.type, p.parameter.requires_grad)));
        Assert.All(model.named_buffers(), b => Assert.Equal(DeviceType.META, b.buffer.device.type));
        Assert.Equal([2L, 3], model.call(ones([2, 4], device: META)).shape);
    }

    [Fact]
    public void A_parameter_is_found_by_its_name()
    {
        using var model = new Outer();
        Assert.Same(model.named_parameters().Single(p => p.name == "list.1.bias").parameter, model.get_parameter("list.1.bias"));
        Assert.Null(model.get_parameter("list.0.bias"));
    }

    [Fact]
    public void Linear_and_layer_norm_start_as_in_PyTorch()
    {
        manual_seed(1);
        using var linear = nn.Linear(16, 3);
        Assert.Equal([3L, 16], linear.weight!.shape);
        Assert.Equal([3L], linear.bias!.shape);
        Assert.All(linear.weight.data<float>().ToArray(), w => Assert.InRange(w, -0.25f, 0.25f));
        Assert.Null(nn.Linear(4, 2, hasBias: false).bias);

        using var norm = nn.LayerNorm(4, bias: false);
        Assert.Equal([1f, 1, 1, 1], norm.weight!.data<float>().ToArray());
        Assert.Null(norm.bias);
    }

    private sealed class Outer : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter scale = new(ones([1]));
        private readonly Linear inner = nn.Linear(4, 3, hasBias: false);
        private readonly ModuleList<Linear> list = new(nn.Linear(3, 3, hasBias: false), nn.Linear(3, 3));
        private readonly Tensor table = zeros([2]);

        public Outer() : base(nameof(Outer)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var x = inner.call(input);
            foreach (var layer in list) x = layer.call(x);
            return x * scale + table.sum();
        }
    }

    // The order in which fields are found is the runtime's affair; names are what counts.
    private sealed class ByDeclaration : IComparer<string>
    {
        private static readonly string[] Names = ["scale", "inner.weight", "list.0.weight", "list.1.weight", "list.1.bias"];

        public int Compare(string? x, string? y) => Array.IndexOf(Names, x).CompareTo(Array.IndexOf(Names, y));
    }
}
