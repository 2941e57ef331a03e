namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds every device's default generator.</summary>
    public static Generator manual_seed(long seed)
    {
        Door.Checked(Door.door_manual_seed(seed));
        return Generator.Default;
    }

    /// <summary>State of the CPU's default generator, a tensor of bytes.</summary>
    public static Tensor get_rng_state() => new(Door.Checked(Door.door_random_state()));

    /// <summary>Restores what <see cref="get_rng_state"/> returned.</summary>
    public static void set_rng_state(Tensor new_state)
    {
        Door.Checked(Door.door_set_random_state(new_state.Handle));
        GC.KeepAlive(new_state);
    }

    /// <summary>The default generator of the CPU.</summary>
    public class Generator
    {
        internal static readonly Generator Default = new();

        private Generator() { }
    }

    public static int get_num_threads() => Door.door_threads();

    public static void set_num_threads(int num) => Door.Checked(Door.door_set_threads(num));
}
