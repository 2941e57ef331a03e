using System.Security.Cryptography;

namespace Sweeps.Training.Data;

/// <summary>
/// The data sets by name: <c>tinyshakespeare</c> (downloaded once and checked by its SHA-256), <c>grammar</c> (generated),
/// <c>file:PATH</c> (any UTF-8 text).
/// </summary>
public static class DataSets
{
    private const string ShakespeareFile = "tinyshakespeare.txt";
    private const string ShakespeareSha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed";
    private const string ShakespeareUrl = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt";

    /// <summary>Loads a data set.</summary>
    /// <param name="name">Its name in the sweep file.</param>
    /// <param name="directory">Where downloads are kept (<c>SWEEPS_DATA</c>); relative paths of <c>file:</c> are relative to the current directory.</param>
    /// <exception cref="TrainingException">It cannot be had; the message says which file to put where.</exception>
    public static TextData Load(string name, string directory) => name switch
    {
        "tinyshakespeare" => new TextData(name, File.ReadAllText(Shakespeare(directory))),
        "grammar" => new TextData(name, Grammar.Generate(), documentEnd: '\n'),
        _ when name.StartsWith("file:", StringComparison.Ordinal) => new TextData(name, ReadFile(name["file:".Length..])),
        _ => throw new TrainingException($"There is no data set {name}; choose tinyshakespeare, grammar or file:PATH."),
    };

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TrainingException($"The data file {Path.GetFullPath(path)} cannot be read ({e.Message}); correct the path after data: file:.");
        }
    }

    private static string Shakespeare(string directory)
    {
        var path = Path.Combine(directory, ShakespeareFile);
        if (!File.Exists(path)) Download(path);
        using var stream = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        return hash == ShakespeareSha256 ? path : throw new TrainingException(
            $"{path} is not tinyshakespeare: its SHA-256 is {hash}, expected {ShakespeareSha256}. Remove it, or put the right file there.");
    }

    private static void Download(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
            var content = client.GetByteArrayAsync(ShakespeareUrl).GetAwaiter().GetResult();
            // A name of our own, then a rename: workers that start together never read half a file.
            var temporary = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                $"tinyshakespeare is not there and could not be downloaded ({e.Message}); put {ShakespeareUrl} at {path}, or set SWEEPS_DATA to the directory that has {ShakespeareFile}.");
        }
    }
}
