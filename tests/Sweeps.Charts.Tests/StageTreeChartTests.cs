using Sweeps.Charts.Reports;

namespace Sweeps.Charts.Tests;

public sealed class StageTreeChartTests
{
    [Fact]
    public void A_stage_that_several_runs_share_is_one_block_and_runs_that_share_most_are_neighbours()
    {
        ReportPath[] paths =
        [
            new("never", 1, [Stage(1, 0, 500), Stage(2, 500, 750), Stage(3, 750, 1000)]),
            new("alone", 1, [Stage(9, 0, 1000)]),
            new("late", 1, [Stage(1, 0, 500), Stage(2, 500, 750), Stage(4, 750, 1000)]),
            new("early", 1, [Stage(1, 0, 500), Stage(5, 500, 1000)]),
        ];
        using var chart = StageTreeChart.Draw("tree", paths);
        var picture = new Picture(chart);
        Assert.Single(picture.Texts, "×3");
        Assert.Single(picture.Texts, "×2");
        Assert.True(picture.Y("never") < picture.Y("late") && picture.Y("late") < picture.Y("early") && picture.Y("early") < picture.Y("alone"));
        Assert.Contains("trained once for several runs (×)", picture.Texts);
        Assert.DoesNotContain("taken from an earlier sweep", picture.Texts);
        Assert.Null(StageTreeChart.Remark(paths));
    }

    [Fact]
    public void Of_many_runs_one_seed_stands_for_the_others_and_the_remark_says_so()
    {
        ReportPath[] paths = [.. Enumerable.Range(0, 200).Select(i => new ReportPath($"x={i / 4}", 1 + i % 4, [Stage(1 + i % 4, 0, 10), Stage(100 + i, 10, 20)]))];
        using var chart = StageTreeChart.Draw("tree", paths);
        Assert.InRange(chart.Height, 100, 1200);
        Assert.Equal("Shown are 40 of 200 runs, of seed 1 alone; the other seeds' trees are like it.", StageTreeChart.Remark(paths));
        Assert.Contains("x=0", new Picture(chart).Texts);
    }

    [Fact]
    public void What_an_earlier_sweep_trained_and_what_failed_is_told_apart()
    {
        ReportPath[] paths = [new("a", 1, [Stage(1, 0, 500) with { IsEarlier = true }, Stage(2, 500, 1000) with { HasFailed = true }])];
        Assert.True(StageTreeChart.IsTree(paths));
        Assert.False(StageTreeChart.IsTree([new("a", 1, [Stage(1, 0, 500)]), new("b", 1, [Stage(2, 0, 500)])]));
        using var chart = StageTreeChart.Draw("tree", paths);
        var texts = new Picture(chart).Texts;
        Assert.Contains("taken from an earlier sweep", texts);
        Assert.Contains("failed", texts);
    }

    private static ReportStage Stage(long id, int from, int to) => new(id, from, to, HasFailed: false, IsEarlier: false);
}
