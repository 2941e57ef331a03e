using System.IO.MemoryMappedFiles;

namespace Sweeps.Training.Data;

/// <summary>A file that is mapped into memory and read by the operating system page by page, as its parts are asked for.</summary>
public sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    /// <summary>Maps a file that is not empty.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            Length = new FileInfo(path).Length;
            if (Length == 0) throw new IOException("it is empty");
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TrainingException($"The data file {System.IO.Path.GetFullPath(path)} cannot be read ({e.Message}).");
        }
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Copies values that stand one after the other, little-endian as in every format that is read here.</summary>
    public void Read<T>(long offset, Span<T> destination) where T : unmanaged
    {
        var handle = view.SafeMemoryMappedViewHandle;
        handle.ReadSpan((ulong)(view.PointerOffset + offset), destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
