using System.IO.Compression;
using System.Security.Cryptography;

namespace Sweeps.Training.Data;

/// <summary>A file that is fetched once from its public address, checked by its SHA-256 and kept in the directory of the data sets.</summary>
public sealed record Download
{
    /// <summary>Name of the data set, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Its public address.</summary>
    public required string Url { get; init; }

    /// <summary>Its name in the directory.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file, 64 small hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the address has a zip archive with the file in it; the archive may lie in the directory as FILE.zip instead.</summary>
    public bool IsZip { get; init; }

    /// <summary>The path of the checked file; fetches it when it is not there.</summary>
    /// <exception cref="TrainingException">It cannot be had, or it is another file; the message says which file to put where.</exception>
    public string Get(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            if (!File.Exists(path)) Fetch(path);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                $"{Name} is not there and could not be downloaded ({e.Message}); put {Url} at {path}{(IsZip ? ".zip" : "")}, or set SWEEPS_DATA to the directory that has {FileName}.");
        }
        using var stream = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        return hash == Sha256 ? path : throw new TrainingException(
            $"{path} is not {Name}: its SHA-256 is {hash}, expected {Sha256}. Remove it, or put the right file there.");
    }

    private void Fetch(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // A name of our own, then a rename: workers that start together never read half a file.
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var archive = $"{path}.zip";
        try
        {
            if (!IsZip)
            {
                Load(temporary);
            }
            else if (File.Exists(archive))
            {
                Extract(archive, temporary);
            }
            else
            {
                archive = $"{temporary}.zip";
                Load(archive);
                Extract(archive, temporary);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
            File.Delete($"{temporary}.zip");
        }
    }

    private void Load(string path)
    {
        // Slow lines may take their time; a machine without one shall say so soon.
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30) }) { Timeout = TimeSpan.FromMinutes(30) };
        using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, Url), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var file = File.Create(path);
        using var content = response.Content.ReadAsStream();
        content.CopyTo(file);
    }

    private void Extract(string archive, string path)
    {
        using var zip = ZipFile.OpenRead(archive);
        var entry = zip.GetEntry(FileName) ?? throw new InvalidDataException($"{archive} has no {FileName} in it");
        entry.ExtractToFile(path, overwrite: true);
    }
}
