using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Progress;

/// <summary>Progress on a terminal: a bar for each running stage, one for the whole, time left, best so far.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : ProgressView(console)
{
    private const int BarWidth = 24;

    /// <inheritdoc/>
    public override Task FollowAsync(IAsyncEnumerable<SweepProgress> moments)
    {
        var left = new TimeLeft(TimeProvider.System);
        return Console.Live(new Text("")).StartAsync(async display =>
        {
            await foreach (var moment in moments) display.UpdateTarget(Picture(moment, left.At(moment)));
        });
    }

    private static Rows Picture(SweepProgress moment, TimeSpan? left)
    {
        var overview = moment.Overview;
        var rows = new List<IRenderable>();
        if (moment.Running.Count > 0)
        {
            var grid = new Grid().AddColumn(Column()).AddColumn(Column()).AddColumn(Column()).AddColumn(Column()).AddColumn(Column());
            foreach (var stage in moment.Running) grid.AddRow(Cells(stage, overview.Sweep.Metric));
            rows.Add(grid);
        }
        var whole = new Grid().AddColumn(Column()).AddColumn(Column());
        rows.Add(whole.AddRow(new Markup(Bar(Numbers.Share(overview))), new Text(Standing(moment, left))));
        if (Best(moment) is { } best)
            rows.Add(new Text($"Best {overview.Sweep.Metric} so far: {Numbers.Loss(best.Value)}, {best.Run.Label} seed {best.Run.Seed}"));
        return new Rows(rows);
    }

    private static IRenderable[] Cells(RunningStage stage, string metric) =>
    [
        new Text(stage.Runs > 1 ? $"{stage.Label} and {Numbers.Count(stage.Runs - 1)} more" : stage.Label) { Overflow = Overflow.Ellipsis },
        new Text(string.Create(CultureInfo.InvariantCulture, $"seed {stage.Seed}")),
        new Markup(stage.ToStep > 0 ? Bar((stage.StepsDone - stage.FromStep, stage.ToStep - stage.FromStep)) : ""),
        new Text(stage.ToStep > 0 ? $"{Numbers.Count(stage.StepsDone)} of {Numbers.Count(stage.ToStep)}" : $"step {Numbers.Count(stage.StepsDone)}"),
        new Text(stage.Last is { } last ? $"{metric} {Numbers.Loss(last)}" : stage.Attempt > 1 ? $"attempt {stage.Attempt}" : "starting"),
    ];

    private static string Bar((long Done, long Total) share)
    {
        var full = (int)Math.Clamp(BarWidth * share.Done / Math.Max(1, share.Total), 0, BarWidth);
        return $"[green]{new string('━', full)}[/][grey]{new string('─', BarWidth - full)}[/]";
    }

    private static GridColumn Column() => new GridColumn().NoWrap().PadRight(2);
}
