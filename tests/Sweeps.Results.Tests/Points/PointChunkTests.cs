using Sweeps.Core.Tests;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests.Points;

public sealed class PointChunkTests
{
    [Fact]
    public void Every_curve_comes_back_bit_for_bit_from_chunks_that_fit_into_a_page() => Properties.Hold(Curves.Any, curve =>
    {
        var read = new List<CurvePoint>();
        foreach (var (first, last, count, data) in PointChunk.WriteAll([.. curve]))
        {
            var before = read.Count;
            PointChunk.Read(data, read);
            if (data.Length > PointChunk.Capacity || (read[before].Step, read[^1].Step, read.Count - before) != (first.Step, last.Step, count)) return false;
        }
        return Bits(read).SequenceEqual(Bits(curve));
    });

    [Fact]
    public void A_regular_curve_takes_eighteen_bytes_a_point()
    {
        var curve = Enumerable.Range(1, 200).Select(step => new CurvePoint(step, 1.0 / step, 12_288L * step, step / 7.0)).ToArray();
        Assert.InRange(PointChunk.Write(curve, out var written).Length, 200 * 18, (200 * 18) + 10);
        Assert.Equal(200, written);
    }

    [Fact]
    public void A_chunk_that_was_cut_off_is_noticed()
    {
        var data = PointChunk.Write([new CurvePoint(1, 2, 3, 4), new CurvePoint(2, 3, 4, 5)], out _);
        for (var length = 1; length < data.Length; length++)
        {
            if (length == data.Length / 2) continue; // the first point, whole
            var part = data[..length];
            Assert.Throws<InvalidDataException>(() => PointChunk.Read(part, []));
        }
    }

    private static IEnumerable<(long, long, long, long)> Bits(IEnumerable<CurvePoint> points) =>
        points.Select(point => (point.Step, BitConverter.DoubleToInt64Bits(point.Value), point.Tokens, BitConverter.DoubleToInt64Bits(point.Seconds)));
}
