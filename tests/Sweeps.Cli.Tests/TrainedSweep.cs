namespace Sweeps.Cli.Tests;

/// <summary>A home in which one small sweep has been trained, for all tests that look at results.</summary>
public sealed class TrainedSweep : IAsyncLifetime
{
    public SweepsProcess Sweeps { get; } = new();

    /// <summary>What <c>sweeps run</c> printed.</summary>
    public CommandResult Run { get; private set; } = null!;

    public string Results => Path.Combine(Sweeps.Directory, "results", "tiny-1");

    public async ValueTask InitializeAsync() => Run = await Sweeps.RunAsync("run", Sweeps.Write("sweep.yaml", SweepFiles.Grid));

    public ValueTask DisposeAsync()
    {
        Sweeps.Dispose();
        return ValueTask.CompletedTask;
    }
}
