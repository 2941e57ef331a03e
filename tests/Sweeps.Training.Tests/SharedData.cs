namespace Sweeps.Training.Tests;

internal static class SharedData
{
    /// <summary>The directory with a data file or a directory of them: SWEEPS_DATA, or shared/data beside the checkout; null when neither has it.</summary>
    internal static string? Directory(string file = "tinyshakespeare.txt")
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("SWEEPS_DATA") };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            candidates.Add(Path.Combine(folder.FullName, "shared", "data"));
        return candidates.FirstOrDefault(c => c is not null && Path.Exists(Path.Combine(c, file)));
    }
}
