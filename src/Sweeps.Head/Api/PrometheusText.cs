using System.Globalization;
using System.Text;

namespace Sweeps.Head.Api;

/// <summary>
/// Writes Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    /// <summary>A metric with one line for each value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type"><c>gauge</c> or <c>counter</c>.</param>
    /// <param name="help">What it counts.</param>
    /// <param name="values">The values and their labels.</param>
    public PrometheusText Add(string name, string type, string help, params IEnumerable<(double Value, (string Name, string Value)[] Labels)> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help.Replace("\\", "\\\\").Replace("\n", "\\n")}\n# TYPE {name} {type}\n");
        foreach (var (value, labels) in values)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').AppendJoin(',', labels.Select(label => $"{label.Name}=\"{Escaped(label.Value)}\"")).Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private static string Escaped(string label) => label.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
