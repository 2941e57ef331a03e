using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Tests;

public sealed class DirectoryMarkTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_same_directory_is_known_under_another_path_and_a_copy_of_it_is_not()
    {
        var (checkpoints, logs) = (directory.Path("checkpoints"), directory.Path("logs"));
        DirectoryMark.Renew(checkpoints, logs);
        Assert.Equal(DirectoryMark.Read(checkpoints), DirectoryMark.Read(logs));
        Directory.CreateSymbolicLink(directory.Path("mount"), checkpoints);
        Directory.CreateDirectory(directory.Path("copy"));
        File.Copy(Path.Combine(checkpoints, ".identity"), directory.Path("copy", ".identity"));

        DirectoryMark.Renew(checkpoints, logs);
        Assert.Equal(DirectoryMark.Read(checkpoints), DirectoryMark.Read(directory.Path("mount")));
        Assert.NotEqual(DirectoryMark.Read(checkpoints), DirectoryMark.Read(directory.Path("copy")));
        Assert.Equal(DirectoryMark.IdOf(DirectoryMark.Read(checkpoints)!), DirectoryMark.IdOf(DirectoryMark.Read(directory.Path("copy"))!));
        Assert.Null(DirectoryMark.Read(directory.Path("nothing")));
    }
}
