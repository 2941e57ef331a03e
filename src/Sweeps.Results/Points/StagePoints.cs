using Sweeps.Results.Queries;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Points;

/// <summary>Reads the points of stages.</summary>
internal sealed class StagePoints(PreparedStatements statements)
{
    private readonly PreparedStatement chunks = statements.Prepare(
        "SELECT data FROM metric_chunks WHERE stage_id = $stage AND metric_id = $metric ORDER BY first_step");

    private readonly PreparedStatement lastChunks = statements.Prepare(
        "SELECT data FROM metric_chunks WHERE stage_id = $stage AND metric_id = $metric AND last_step >= $from ORDER BY first_step");

    /// <summary>Adds the points of one metric of a stage to a list, by step.</summary>
    public void Read(long stageId, long metricId, List<CurvePoint> points)
    {
        using var reader = chunks.Read(stageId, metricId);
        while (reader.Read()) PointChunk.Read(reader.GetFieldValue<byte[]>(0), points);
    }

    /// <summary>Adds those from a step on, and perhaps some before it.</summary>
    public void ReadEnd(long stageId, long metricId, long fromStep, List<CurvePoint> points)
    {
        using var reader = lastChunks.Read(stageId, metricId, fromStep);
        while (reader.Read()) PointChunk.Read(reader.GetFieldValue<byte[]>(0), points);
    }
}
