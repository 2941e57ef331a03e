namespace ScottPlot;

/// <summary>Where a picture was saved.</summary>
public class SavedImageInfo(string path, int fileSize)
{
    /// <summary>The full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Size of the text.</summary>
    public int FileSize { get; } = fileSize;
}
