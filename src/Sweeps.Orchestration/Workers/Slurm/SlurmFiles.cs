namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>Files of one attempt that its agent and its job both see.</summary>
/// <param name="Directory">Where they lie.</param>
/// <param name="AttemptId">Name of the attempt.</param>
public sealed record SlurmFiles(string Directory, string AttemptId)
{
    /// <summary>What the job does.</summary>
    public string Script => Path.Combine(Directory, AttemptId + ".sh");

    /// <summary>Made by the job that begins first, which then is the only one.</summary>
    public string Begun => Path.Combine(Directory, AttemptId + ".begun");

    /// <summary>The worker's exit code, there when it has ended.</summary>
    public string Exit => Path.Combine(Directory, AttemptId + ".exit");

    /// <summary>What the newest job of all was trained on: the processor's name, and that of the GPU in the second line.</summary>
    public string Device => Path.Combine(Directory, "device");

    /// <summary>The worker's exit code; null while there is none.</summary>
    public int? ReadExit()
    {
        try
        {
            return int.TryParse(File.ReadAllText(Exit), out var code) ? code : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes those of the attempt.</summary>
    public void Delete()
    {
        foreach (var file in new[] { Script, Begun, Exit }) File.Delete(file);
    }
}
