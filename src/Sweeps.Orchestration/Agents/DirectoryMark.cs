namespace Sweeps.Orchestration.Agents;

/// <summary>A random text in a file of a directory, by which two machines find out whether they see the same one, under whatever path.</summary>
public static class DirectoryMark
{
    private const string Name = ".identity";

    /// <summary>The mark of a directory; null when there is none.</summary>
    public static string? Read(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, Name)).Trim() is { Length: > 0 } mark ? mark : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Gives directories of the same owner one mark: that of the first of them that has one, or a new one.</summary>
    public static string Ensure(params string[] directories)
    {
        var mark = directories.Select(Read).FirstOrDefault(known => known is not null) ?? Guid.NewGuid().ToString("N");
        foreach (var directory in directories)
        {
            if (Read(directory) == mark) continue;
            Directory.CreateDirectory(directory);
            var temporary = Path.Combine(directory, $"{Name}.{Environment.ProcessId}.tmp");
            File.WriteAllText(temporary, mark + "\n");
            File.Move(temporary, Path.Combine(directory, Name), overwrite: true);
        }
        return mark;
    }
}
