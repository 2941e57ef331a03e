using System.Data.Common;
using System.Globalization;
using System.Text;
using Sweeps.Core;
using Sweeps.Results.Points;

namespace Sweeps.Results.Exports;

/// <summary>
/// Comma-separated values as RFC 4180 has them: a header, then a row for each metric point along the path of each run, by configuration,
/// seed, metric and step. Spreadsheets execute a cell that begins with <c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, a tab or a carriage return, even a
/// quoted one (https://owasp.org/www-community/attacks/CSV_Injection): a text that begins so gets an apostrophe in front, which makes it
/// text there. One that begins with an apostrophe gets another, so that whoever takes the first apostrophe away has the text unchanged.
/// Numbers, also negative ones, are written as they are.
/// </summary>
internal static class CsvExport
{
    private const int WriteAt = 1 << 16;

    private static readonly string[] Before = ["sweep", "configuration"];
    private static readonly string[] After = ["seed", "step", "tokens", "seconds", "metric", "value"];

    public static async Task WriteAsync(ResultsContext context, DbTransaction snapshot, long sweepId, Stream stream, CancellationToken cancellation)
    {
        var sweep = context.Sweeps.Single(one => one.Id == sweepId);
        var configurations = context.Configurations.Where(configuration => configuration.SweepId == sweepId).ToDictionary(configuration => configuration.Id);
        var parameters = configurations.ToDictionary(pair => pair.Key, pair => pair.Value.Parameters);
        var varied = Varied([.. parameters.Values]);
        var metrics = SweepRuns.Metrics(snapshot, sweepId);
        using var curves = new RunCurves(snapshot, "r.sweep_id = $id", sweepId);

        // A parameter with the name of another column is told from it.
        var columns = varied.Select(name => Before.Contains(name) || After.Contains(name) ? $"parameter.{name}" : name);
        var rows = new StringBuilder();
        rows.AppendJoin(',', Before.Concat(columns).Concat(After).Select(Text)).Append("\r\n");
        foreach (var run in SweepRuns.Of(context, sweepId))
        {
            var values = varied.Select(name => parameters[run.ConfigurationId].TryGetValue(name, out var value) ? Text(value) : "");
            var start = string.Join(',', values.Prepend(Text(configurations[run.ConfigurationId].Label)).Prepend(Text(sweep.Name)).Append(run.Seed.ToString(CultureInfo.InvariantCulture)));
            foreach (var metric in metrics)
            {
                var name = Text(metric);
                foreach (var point in curves.Read(run.Id, metric))
                {
                    rows.Append(start).Append(CultureInfo.InvariantCulture, $",{point.Step},{point.Tokens},{point.Seconds},").Append(name).Append(',').Append(Number(point.Value)).Append("\r\n");
                    if (rows.Length >= WriteAt) await SendAsync();
                }
            }
        }
        await SendAsync();

        async Task SendAsync()
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(rows.ToString()), cancellation);
            rows.Clear();
        }
    }

    /// <summary>Parameters that not all configurations have the same value of.</summary>
    private static string[] Varied(IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> configurations) =>
        [.. configurations.SelectMany(configuration => configuration.Keys).Distinct().Order(StringComparer.Ordinal)
            .Where(name => configurations.Select(configuration => configuration.GetValueOrDefault(name)).Distinct().Count() > 1)];

    private static string Text(ParameterValue value) => value.AsDouble is null ? Text(value.ToString()) : value.ToString();

    private static string Text(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\''
            && !double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _)) text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>As JSON has them too; other programs read these words for what is no number.</summary>
    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
