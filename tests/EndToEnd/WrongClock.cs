using System.Buffers.Binary;
using System.Diagnostics;

namespace Sweeps.EndToEnd;

/// <summary>A time of day that is wrong and jumps, for the processes that are started with <see cref="Environment"/> and those that they start.</summary>
internal sealed class WrongClock
{
    private readonly string file;
    private readonly string library;

    private WrongClock(string file, string library)
    {
        this.file = file;
        this.library = library;
        Set(TimeSpan.Zero);
    }

    /// <summary>What makes a process see it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["WRONG_CLOCK"] = file };

    /// <summary>Compiles it. The test is skipped where there is no compiler, which the stand-in for TorchSharp needs too.</summary>
    public static async Task<WrongClock> CreateAsync(string directory)
    {
        // No name with spaces: they separate the libraries of LD_PRELOAD.
        var library = Path.Combine(Path.GetTempPath(), $"sweeps-wrong-clock-{System.Environment.ProcessId}.so");
        try
        {
            using var compiler = Process.Start("g++", ["-x", "c", "-shared", "-fPIC", "-O2", "-Wall", "-o", library, Repository.PathOf("tests/EndToEnd/wrong-clock.c")]);
            await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no g++.");
        }
        return new WrongClock(Path.Combine(directory, "clock"), library);
    }

    /// <summary>Sets it, also for processes that are running.</summary>
    public void Set(TimeSpan off)
    {
        var seconds = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)off.TotalSeconds);
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(seconds);
    }

    public void Delete() => File.Delete(library);
}
