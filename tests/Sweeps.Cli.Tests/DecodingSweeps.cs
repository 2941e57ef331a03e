namespace Sweeps.Cli.Tests;

/// <summary>A home with two small sweeps: models with heads that can draft, and adders whose decoding was measured at their end.</summary>
public sealed class DecodingSweeps : IAsyncLifetime
{
    private const string Common =
        """
          layers: {value: 2}
          attention_heads: {value: 2}
          width: {value: 16}
          batch_size: {value: 4}
          steps: {value: 10}
          warmup_steps: {value: 2}
          eval_every: {value: 10}
          eval_batches: {value: 2}
        seeds: 1
        """;

    public SweepsProcess Sweeps { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var heads = Sweeps.Write("heads.yaml",
            $$"""
            name: heads
            method: grid
            metric: {name: val_loss, goal: minimize}
            parameters:
              head_kind: {values: [parallel, deepseek]}
              heads: {value: 3}
              data: {value: grammar}
              context: {value: 32}
            {{Common}}
            """);
        Assert.Equal(0, (await Sweeps.RunAsync("run", heads)).ExitCode);
        var adders = Sweeps.Write("adders.yaml",
            $$"""
            name: adders
            method: grid
            metric: {name: decode_accepted_per_round, goal: maximize}
            parameters:
              data: {value: addition}
              decode_method: {values: [base, early_exit]}
            {{Common}}
            baseline: {decode_method: base}
            """);
        Assert.Equal(0, (await Sweeps.RunAsync("run", adders)).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        Sweeps.Dispose();
        return ValueTask.CompletedTask;
    }
}
