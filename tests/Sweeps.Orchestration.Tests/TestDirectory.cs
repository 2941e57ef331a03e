using System.Runtime.Versioning;

[assembly: UnsupportedOSPlatform("windows")]

namespace Sweeps.Orchestration.Tests;

/// <summary>A directory of its own, gone after the test.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("sweeps-orchestration-").FullName;

    public string Path(params string[] names) => System.IO.Path.Combine([FullName, .. names]);

    /// <summary>Writes a shell script that can be executed.</summary>
    public string Script(string text, string name = "worker")
    {
        var file = Path(name);
        File.WriteAllText(file, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
