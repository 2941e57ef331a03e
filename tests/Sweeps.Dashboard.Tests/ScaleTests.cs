namespace Sweeps.Dashboard.Tests;

/// <summary>Views of many rows: 1,000 runs of 1,000 points, and 2,000 sweeps.</summary>
public sealed class ScaleTests
{
    private const string Large =
        """
        name: large
        program: import
        method: grid
        metric: {name: val_loss, goal: minimize}
        parameters:
          learning_rate: {values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}
          width: {values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}
        seeds: 10
        """;

    [Fact]
    public async Task A_thousand_runs_and_two_thousand_sweeps_are_drawn_soon()
    {
        await using var head = new Head();
        long large;
        await using (var store = await head.OpenStoreAsync())
        {
            await Task.WhenAll(Enumerable.Range(1, 2000).Select(number => MeasuredSweeps.ImportAsync(store, Small(number), 2, (_, seed, step) => 2 + (seed * 0.01) + (1.0 / step))));
            large = await MeasuredSweeps.ImportAsync(store, Large, 1000, (parameters, seed, step) =>
                1.5 + (0.02 * parameters["learning_rate"].AsDouble!.Value) - (0.01 * parameters["width"].AsDouble!.Value) + (3 * Math.Exp(-step / 2000.0)) + (0.02 * Math.Sin((seed * 5) + (step / 300.0))));
        }
        await head.StartAsync(slots: 0);
        await Browser.RunAsync("scale", head.Url, new { large, sweeps = 2001 });
    }

    private static string Small(int number) =>
        $$"""
        name: small-{{number}}
        description: One of many
        program: import
        method: grid
        metric: {name: val_loss, goal: minimize}
        parameters: {width: {values: [1]} }
        seeds: 1
        """;
}
