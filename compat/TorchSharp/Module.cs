using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Base of models: knows its parameters, buffers and submodules by name.</summary>
        public class Module : IDisposable
        {
            private readonly string name;
            private readonly List<(string Name, Parameter Value)> ownParameters = [];
            private readonly List<(string Name, Tensor Value)> ownBuffers = [];
            private readonly List<(string Name, Module Value)> ownModules = [];

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            public virtual bool training { get; private set; } = true;

            /// <summary>Registers every field that holds a module, a parameter or a tensor (as a buffer) under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    switch (field.GetValue(this))
                    {
                        case Module module when ownModules.All(m => m.Name != field.Name): register_module(field.Name, module); break;
                        case Modules.Parameter parameter when ownParameters.All(p => p.Name != field.Name): register_parameter(field.Name, parameter); break;
                        case Tensor tensor and not Modules.Parameter when ownBuffers.All(b => b.Name != field.Name): register_buffer(field.Name, tensor); break;
                    }
                }
            }

            public virtual void register_module(string name, Module submodule) => ownModules.Add((name, submodule));

            public virtual void register_parameter(string name, Parameter param)
            {
                DisposeScope.Move(param, null);
                ownParameters.Add((name, param));
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                DisposeScope.Move(tensor, null);
                ownBuffers.Add((name, tensor));
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => ownModules.Select(m => (m.Name, m.Value));

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                ownParameters.Select(p => (p.Name, p.Value)).Concat(recurse
                    ? ownModules.SelectMany(m => m.Value.named_parameters().Select(p => (m.Name + "." + p.name, p.parameter)))
                    : []).DistinctBy(p => p.Item2.Handle);

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true) =>
                ownBuffers.Select(b => (b.Name, b.Value)).Concat(recurse
                    ? ownModules.SelectMany(m => m.Value.named_buffers().Select(b => (m.Name + "." + b.name, b.buffer)))
                    : []);

            /// <summary>The parameter of a name, with dots for those of submodules; null when there is none.</summary>
            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(p => p.name == target).parameter;

            /// <summary>Moves what it holds. What moves is a new object afterwards, in the registers and in the field of its name alone.</summary>
            internal void Move(Device device)
            {
                foreach (var (_, module) in ownModules) module.Move(device);
                using var off = no_grad();
                for (var i = 0; i < ownParameters.Count; i++)
                {
                    var (own, before) = ownParameters[i];
                    if (IsOn(before.device, device)) continue;
                    var after = new Modules.Parameter(before.to(device), before.requires_grad);
                    if (before.grad is { } gradient) after.grad = gradient.to(device);
                    DisposeScope.Move(after, null);
                    ownParameters[i] = (own, after);
                    Replace(own, before, after);
                }
                for (var i = 0; i < ownBuffers.Count; i++)
                {
                    var (own, before) = ownBuffers[i];
                    if (IsOn(before.device, device)) continue;
                    var after = before.to(device);
                    DisposeScope.Move(after, null);
                    ownBuffers[i] = (own, after);
                    Replace(own, before, after);
                }
            }

            private void Replace(string field, Tensor before, Tensor after)
            {
                foreach (var name in new[] { field, $"<{field}>k__BackingField" })
                    GetType().GetField(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.SetValue(this, after);
                before.Dispose();
            }

            private static bool IsOn(Device here, Device wanted) => here.type == wanted.type && (wanted.index < 0 || here.index == wanted.index);

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in ownModules) module.train(train);
            }

            public virtual void eval() => train(false);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, parameter) in ownParameters) parameter.Dispose();
                foreach (var (_, buffer) in ownBuffers) buffer.Dispose();
                foreach (var (_, module) in ownModules) module.Dispose();
            }
        }

        /// <summary>A module with one input.</summary>
        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        /// <summary>A module with two inputs.</summary>
        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
            new(inputSize, outputSize, hasBias, device, dtype);

        public static LayerNorm LayerNorm(
            long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

        public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
    }
}

public static class ModuleExtensionMethods
{
    /// <summary>Moves parameters and buffers to a device.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module
    {
        module.Move(device);
        return module;
    }
}
