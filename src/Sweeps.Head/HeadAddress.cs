using System.Text.Json;
using Sweeps.Core;

namespace Sweeps.Head;

/// <summary>Where the head of a home listens, in <c>head.json</c>, so that other commands on the home find it.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Id">What <c>GET /api/head</c> answers there, as long as it is this one.</param>
/// <param name="Key">Lets commands of this head's own user do everything there; void when it ends.</param>
public sealed record HeadAddress(Uri Url, string Id, string? Key = null)
{
    /// <summary>Without the key, which belongs in no log.</summary>
    public override string ToString() => $"{Url} ({Id})";

    /// <summary>Reads it; null when there is none. The head may have been killed since.</summary>
    public static HeadAddress? Read(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<HeadAddress>(File.ReadAllText(FileOf(home)), Json.Options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it, completely or not at all.</summary>
    internal void Write(string home)
    {
        var temporary = FileOf(home) + ".tmp";
        File.Delete(temporary);
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // It holds the key.
        if (!OperatingSystem.IsWindows()) access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, access)) JsonSerializer.Serialize(stream, this, Json.Options);
        File.Move(temporary, FileOf(home), overwrite: true);
    }

    /// <summary>Removes it at the head's end.</summary>
    internal static void Remove(string home)
    {
        try
        {
            File.Delete(FileOf(home));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it finds nobody there.
        }
    }

    private static string FileOf(string home) => Path.Combine(home, "head.json");
}
