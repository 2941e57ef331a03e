namespace Sweeps.Cli.Tests;

/// <summary>Sweep files that train in seconds.</summary>
internal static class SweepFiles
{
    public const string Grid =
        """
        name: tiny
        method: grid
        description: Do two heads help?
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {values: [1, 2]}
          loss_weights: {value: "[1, 0.5]"}
          data: {value: grammar}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 16}
          context: {value: 16}
          batch_size: {value: 4}
          steps: {value: 20}
          warmup_steps: {value: 2}
          eval_every: {value: 5}
          eval_batches: {value: 2}
          checkpoint_every: {value: 5}
        seeds: 2
        baseline: {heads: 1}
        """;
}
