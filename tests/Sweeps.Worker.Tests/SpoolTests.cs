using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

public sealed class SpoolTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Entries_come_back_in_order_with_a_checkpoint_alone()
    {
        using var spool = Open();
        Append(spool, 1, 2);
        spool.Append(new SpoolEntry(Checkpoint: new CheckpointNotice(2, "p", "h", 3)));
        Append(spool, 3);

        var points = spool.Read()!;
        Assert.Equal([1, 2], points.Points.Select(point => point.Step));
        Assert.Null(points.Checkpoint);
        spool.Acknowledge(points.End);

        var checkpoint = spool.Read()!;
        Assert.Empty(checkpoint.Points);
        Assert.Equal(new CheckpointNotice(2, "p", "h", 3), checkpoint.Checkpoint);
        spool.Acknowledge(checkpoint.End);

        Assert.Equal(3, Assert.Single(spool.Read()!.Points).Step);
    }

    [Fact]
    public void What_is_not_acknowledged_is_read_again()
    {
        using var spool = Open();
        Append(spool, 1);
        Assert.Equal(spool.Read()!.Points, spool.Read()!.Points);
    }

    [Fact]
    public void The_next_process_goes_on_after_the_acknowledged_entries()
    {
        using (var spool = Open())
        {
            Append(spool, 1, 2);
            var end = spool.Read()!.End;
            Append(spool, 3);
            spool.Acknowledge(end);
        }
        using var next = Open();
        Append(next, 4);
        Assert.Equal([3, 4], next.Read()!.Points.Select(point => point.Step));
    }

    [Fact]
    public void A_line_that_a_kill_left_unfinished_is_cut()
    {
        using (var spool = Open()) Append(spool, 1);
        File.AppendAllText(directory.SpoolPath, """{"point":{"metric":"lo""");
        using var next = Open();
        Append(next, 2);
        Assert.Equal([1, 2], next.Read()!.Points.Select(point => point.Step));
    }

    [Fact]
    public void A_damaged_line_hides_no_other()
    {
        using (var spool = Open()) Append(spool, 1);
        File.AppendAllText(directory.SpoolPath, "\0\0\0\n");
        using var next = Open();
        Append(next, 2);
        Assert.Equal([1, 2], next.Read()!.Points.Select(point => point.Step));
    }

    [Fact]
    public void The_file_is_trimmed_when_everything_is_acknowledged()
    {
        using var spool = Open();
        var empty = new FileInfo(directory.SpoolPath).Length;
        for (var round = 0; round < 3; round++)
        {
            Append(spool, 1, 2, 3);
            spool.Acknowledge(spool.Read()!.End);
            Assert.Null(spool.Read());
            Assert.Equal(empty, new FileInfo(directory.SpoolPath).Length);
        }
    }

    [Fact]
    public void A_spool_of_any_length_is_read_in_batches_of_bounded_size()
    {
        using var spool = Open();
        Append(spool, Enumerable.Range(0, 5000).ToArray());
        var seen = new List<long>();
        while (spool.Read() is { } batch)
        {
            Assert.InRange(batch.Points.Count, 1, 1000);
            seen.AddRange(batch.Points.Select(point => point.Step));
            spool.Acknowledge(batch.End);
        }
        Assert.Equal(Enumerable.Range(0, 5000).Select(step => (long)step), seen);
    }

    [Fact]
    public void Two_processes_cannot_have_one_spool()
    {
        using var spool = Open();
        Assert.Contains(directory.SpoolPath, Assert.Throws<AssignmentException>(Open).Message);
    }

    private Spool Open() => Spool.Open(directory.Path, "7-2");

    private static void Append(Spool spool, params int[] steps)
    {
        foreach (var step in steps) spool.Append(new SpoolEntry(Point: new MetricPoint("loss", step, 0.5, 1, 2)));
    }
}
