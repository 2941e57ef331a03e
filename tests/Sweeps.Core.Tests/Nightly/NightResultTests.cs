using System.Text.Json;
using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Nightly;

public sealed class NightResultTests
{
    private static readonly NightResult[] Before = [.. Enumerable.Range(1, 10).Select(night => Night(1.80, 900, night))];

    [Fact]
    public void A_loss_that_rises_is_a_regression_and_one_that_falls_an_improvement()
    {
        Assert.Equal([NightEvent.Regression], Night(1.90, 900, 11).ComparedWith("validation loss", Before).Events());
        Assert.Equal([NightEvent.Improvement], Night(1.70, 900, 11).ComparedWith("validation loss", Before).Events());
        var usual = Night(1.80, 900, 11).ComparedWith("validation loss", Before);
        Assert.Empty(usual.Events());
        Assert.Equal("Validation loss: no change beyond noise in 2 configurations.\nSpeed in tokens/s: no change beyond noise in 2 configurations.", usual.Verdict);
    }

    [Fact]
    public void Speed_is_tested_on_its_own()
    {
        var slow = Night(1.80, 500, 11).ComparedWith("validation loss", Before);
        Assert.Equal([NightEvent.Slower], slow.Events());
        Assert.All(slow.Configurations, one => Assert.Equal((NightlyChange.Unchanged, NightlyChange.Regressed), (one.Metric!.Change, one.Speed!.Change)));
        Assert.Contains("speed in tokens/s", slow.Verdict);
        // Faster is no news.
        Assert.Empty(Night(1.80, 1900, 11).ComparedWith("validation loss", Before).Events());
    }

    [Fact]
    public void A_configuration_is_compared_with_itself_alone()
    {
        var tonight = Night(1.80, 900, 11);
        tonight = tonight with { Configurations = [tonight.Configurations[0], tonight.Configurations[1] with { Parameters = "{\"heads\":3}" }] };
        var compared = tonight.ComparedWith("validation loss", Before);
        Assert.Equal([10, 0], compared.Configurations.Select(one => one.Metric!.Nights));
        Assert.Equal([NightlyChange.Unchanged, NightlyChange.TooFew], compared.Configurations.Select(one => one.Metric!.Change));
    }

    [Fact]
    public void Too_few_nights_are_said_so_once()
    {
        var first = Night(1.80, 900, 1).ComparedWith("validation loss", []);
        Assert.Empty(first.Events());
        Assert.Contains("at least 3 are needed", Assert.Single(first.Verdict.Split('\n')));
    }

    [Fact]
    public void It_is_the_same_after_it_was_stored_also_where_a_run_diverged()
    {
        var night = Night(1.80, 900, 1).ComparedWith("validation loss", Before);
        night = night with { Configurations = [night.Configurations[0] with { Values = new Dictionary<int, double> { [1] = double.NaN, [2] = 1.5 } }, night.Configurations[1]] };
        var text = JsonSerializer.Serialize(night, Json.Options);
        Assert.Contains("\"values\":{\"1\":\"NaN\",\"2\":1.5}", text);
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<NightResult>(text, Json.Options), Json.Options));
        Assert.Equal(1.5, night.Configurations[0].Sample()!.Mean);
    }

    // Two configurations with three seeds; nights differ a little, as those of another processor do.
    private static NightResult Night(double loss, double speed, int night) => new()
    {
        Metric = "val_loss", Goal = MetricGoal.Minimize, SpeedUnit = "tokens/s",
        Configurations = [.. new[] { 1, 2 }.Select(heads => new NightConfiguration
        {
            Parameters = $"{{\"heads\":{heads}}}", Label = $"heads={heads}", IsBaseline = heads == 1,
            Values = Enumerable.Range(1, 3).ToDictionary(seed => seed, seed => loss + 0.01 * heads + 0.003 * Math.Sin(7 * seed) + 0.001 * Math.Sin(5 * night + seed)),
            Speeds = Enumerable.Range(1, 3).ToDictionary(seed => seed, seed => speed + 4 * Math.Sin(3 * seed) + 9 * Math.Sin(11 * night)),
        })],
    };
}
