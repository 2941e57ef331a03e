namespace Sweeps.Orchestration.Agents;

/// <summary>
/// A random text in a file of a directory, by which two machines find out whether they see the same one, under whatever path: the directory's id,
/// a dot, and a part that is new with each start of the head, so that a copy of the directory is not taken for it.
/// </summary>
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

    /// <summary>What stays of a mark as long as the directory is there.</summary>
    public static string IdOf(string mark) => mark.Split('.')[0];

    /// <summary>Gives directories of the same owner one new mark, with the id that the first of them has.</summary>
    public static void Renew(params string[] directories)
    {
        var id = Read(directories[0]) is { } known ? IdOf(known) : Guid.NewGuid().ToString("N");
        var mark = $"{id}.{Guid.NewGuid():N}";
        foreach (var directory in directories)
        {
            Directory.CreateDirectory(directory);
            var temporary = Path.Combine(directory, $"{Name}.{Environment.ProcessId}.tmp");
            File.WriteAllText(temporary, mark + "\n");
            File.Move(temporary, Path.Combine(directory, Name), overwrite: true);
        }
    }
}
