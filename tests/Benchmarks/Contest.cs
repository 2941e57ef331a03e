using System.Globalization;
using System.Text.Json;

namespace Benchmarks;

/// <summary>What can be measured: named processes that print their milliseconds a step and peak memory.</summary>
internal sealed record Contender(string Name, Func<JsonElement> Measure);

/// <summary>Contenders measured in turns, so that whatever else the machine does meets all of them alike.</summary>
internal sealed class Contest
{
    private readonly Dictionary<string, List<JsonElement>> results = [];

    internal Contest(int rounds, params IReadOnlyList<Contender> contenders)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, measure) in contenders)
            {
                if (!results.TryGetValue(name, out var list)) results.Add(name, list = []);
                list.Add(measure());
            }
        }
    }

    /// <summary>Prints the ratio of two contenders' medians; true when it keeps its bound.</summary>
    /// <param name="figure"><c>ms</c> or <c>peak_mib</c>.</param>
    /// <param name="a">The one.</param>
    /// <param name="b">The one it is compared with.</param>
    /// <param name="bound">Largest ratio that is good; null where the figure is for information.</param>
    internal bool Row(string figure, string a, string b, double? bound)
    {
        var (x, y) = (Median(a), Median(b));
        return Measured.Row($"{a} / {b}" + (figure == "ms" ? "" : $" ({figure})"), Text(x), Text(y), x / y, bound);

        double Median(string name) => Measured.Median(results[name].Select(r => r.GetProperty(figure).GetDouble()));
        static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
    }
}
