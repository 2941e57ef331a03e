using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Points;

/// <summary>
/// Points of one metric of one stage, in the order of their steps, as the bytes of a row of <c>metric_chunks</c>. Steps and tokens are
/// written as what differs from going on as between the two points before (zigzag and base 128 as in Protocol Buffers: one byte where the
/// points are regular), values and seconds as the 8 bytes that they are, so that every number comes back bit for bit.
/// </summary>
internal static class PointChunk
{
    /// <summary>The most bytes that <see cref="Write"/> makes: with the rest of its row they fill a page of 4 KiB; longer ones would leave a part of their last page empty.</summary>
    public const int Capacity = 4000;

    private const int LongestNumber = 10;
    private const int LongestPoint = (2 * LongestNumber) + (2 * sizeof(double));

    /// <summary>Whether a chunk of so many bytes takes another point, whatever it is.</summary>
    public static bool HasRoom(int bytes) => bytes + LongestPoint <= Capacity;

    /// <summary>Writes points from the first on, as many as there is room for.</summary>
    /// <param name="points">At least one, by step.</param>
    /// <param name="written">How many it wrote.</param>
    public static byte[] Write(ReadOnlySpan<CurvePoint> points, out int written)
    {
        Span<byte> data = stackalloc byte[Capacity];
        var length = 0;
        var (step, tokens) = (new Line(), new Line());
        for (written = 0; written < points.Length && HasRoom(length); written++)
        {
            ref readonly var point = ref points[written];
            length += WriteNumber(data[length..], step.Deviation(point.Step));
            length += WriteNumber(data[length..], tokens.Deviation(point.Tokens));
            BinaryPrimitives.WriteDoubleLittleEndian(data[length..], point.Value);
            BinaryPrimitives.WriteDoubleLittleEndian(data[(length + sizeof(double))..], point.Seconds);
            length += 2 * sizeof(double);
        }
        return data[..length].ToArray();
    }

    /// <summary>Adds the points of a chunk to a list.</summary>
    /// <exception cref="InvalidDataException">These bytes were not written by <see cref="Write"/>, or have changed since.</exception>
    public static void Read(ReadOnlySpan<byte> data, List<CurvePoint> points)
    {
        var (step, tokens) = (new Line(), new Line());
        while (!data.IsEmpty)
        {
            var at = step.Next(ReadNumber(ref data));
            var seen = tokens.Next(ReadNumber(ref data));
            if (data.Length < 2 * sizeof(double)) throw Damaged();
            points.Add(new CurvePoint(at, BinaryPrimitives.ReadDoubleLittleEndian(data), seen, BinaryPrimitives.ReadDoubleLittleEndian(data[sizeof(double)..])));
            data = data[(2 * sizeof(double))..];
        }
    }

    /// <summary>Writes a list of points, as one chunk after the other.</summary>
    public static IEnumerable<(CurvePoint First, CurvePoint Last, int Count, byte[] Data)> WriteAll(List<CurvePoint> points)
    {
        for (var start = 0; start < points.Count;)
        {
            var data = Write(CollectionsMarshal.AsSpan(points)[start..], out var written);
            yield return (points[start], points[start + written - 1], written, data);
            start += written;
        }
    }

    private static int WriteNumber(Span<byte> data, long number)
    {
        var rest = (ulong)((number << 1) ^ (number >> 63));
        var length = 0;
        for (; rest >= 0x80; rest >>= 7) data[length++] = (byte)(rest | 0x80);
        data[length++] = (byte)rest;
        return length;
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> data)
    {
        var number = 0UL;
        for (var i = 0; i < Math.Min(LongestNumber, data.Length); i++)
        {
            number |= (ulong)(data[i] & 0x7f) << (7 * i);
            if (data[i] >= 0x80) continue;
            data = data[(i + 1)..];
            return (long)(number >> 1) ^ -(long)(number & 1);
        }
        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("A chunk of metric points is damaged.");

    /// <summary>Foretells a number by the two before it. Whatever overflows in one direction comes back in the other.</summary>
    private struct Line
    {
        private long last;
        private long slope;

        public long Deviation(long number)
        {
            var difference = unchecked(number - last);
            var deviation = unchecked(difference - slope);
            (last, slope) = (number, difference);
            return deviation;
        }

        public long Next(long deviation)
        {
            slope = unchecked(slope + deviation);
            return last = unchecked(last + slope);
        }
    }
}
