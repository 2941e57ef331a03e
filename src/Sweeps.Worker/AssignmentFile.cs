using System.Text.Json;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>The file by which an agent tells a worker what to do.</summary>
public static class AssignmentFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="AssignmentException">It is missing, not readable or not an assignment.</exception>
    public static Assignment Read(string path)
    {
        try
        {
            return OnThisMachine(JsonSerializer.Deserialize(File.ReadAllBytes(path), WorkerJson.Default.Assignment)
                ?? throw new AssignmentException($"{path}: expected an assignment, found null."));
        }
        catch (JsonException exception)
        {
            throw new AssignmentException($"{path}: not an assignment: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AssignmentException($"{path}: the assignment cannot be read: {exception.Message}");
        }
    }

    private static Assignment OnThisMachine(Assignment assignment)
    {
        if (Environment.GetEnvironmentVariable(Assignment.ProcessorVariable) is { Length: > 0 } processor) assignment = assignment with { Processor = processor };
        return assignment.Gpu is not null && Environment.GetEnvironmentVariable(Assignment.GpuVariable) is { Length: > 0 } gpu ? assignment with { Gpu = gpu } : assignment;
    }
}
