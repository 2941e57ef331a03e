using System.Buffers;
using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Results.Points;

namespace Sweeps.Results.Exports;

/// <summary>
/// One JSON object: <c>sweep</c>, <c>configurations</c>, <c>runs</c>, each run with its <c>points</c> by metric and step. Values that are no
/// number are <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>.
/// </summary>
internal static class JsonExport
{
    public static async Task WriteAsync(ResultsContext context, DbTransaction snapshot, long sweepId, Stream stream, CancellationToken cancellation)
    {
        var sweep = context.Sweeps.Single(one => one.Id == sweepId);
        var configurations = context.Configurations.Where(configuration => configuration.SweepId == sweepId).OrderBy(configuration => configuration.Ordinal).ToList();
        var ordinals = configurations.ToDictionary(configuration => configuration.Id, configuration => configuration.Ordinal);
        var metrics = SweepRuns.Metrics(snapshot, sweepId);
        using var curves = new RunCurves(snapshot, "r.sweep_id = $id", sweepId);
        // Between the writer and the stream, which the serializer would write to synchronously.
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        Write("sweep", new
        {
            sweep.Id, sweep.Name, sweep.Description, sweep.Program, sweep.Metric, sweep.Goal, sweep.Target, sweep.State, sweep.CreatedAt, sweep.FinishedAt,
            sweep.Verdict, File = sweep.FileText,
        });
        Write("configurations", configurations.Select(configuration => new { configuration.Ordinal, configuration.Label, configuration.IsBaseline, configuration.Parameters }));
        json.WriteStartArray("runs");
        foreach (var run in SweepRuns.Of(context, sweepId))
        {
            json.WriteStartObject();
            json.WriteNumber("configuration", ordinals[run.ConfigurationId]);
            json.WriteNumber("seed", run.Seed);
            Write("state", run.State);
            json.WriteString("error", run.Error);
            json.WriteNumber("steps", run.Steps);
            json.WriteStartObject("points");
            foreach (var metric in metrics)
            {
                if (curves.Read(run.Id, metric) is not { Count: > 0 } curve) continue;
                Write(metric, curve);
                await SendAsync();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await SendAsync();

        async Task SendAsync()
        {
            json.Flush();
            await stream.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }

        void Write<T>(string name, T value)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, Json.Options);
        }
    }
}
