using YamlDotNet.Core;

namespace Sweeps.Core.SweepFiles;

/// <summary>A piece of the file and where it begins (line and column from 1).</summary>
internal abstract record FileNode(int Line, int Column);

/// <summary>A single value, not yet interpreted.</summary>
internal sealed record ScalarNode(int Line, int Column, string Text, bool IsPlain, TagName Tag) : FileNode(Line, Column);

/// <summary>A list.</summary>
internal sealed record ListNode(int Line, int Column, IReadOnlyList<FileNode> Items) : FileNode(Line, Column);

/// <summary>Keys and values in the order of the file; keys are different.</summary>
internal sealed record MapNode(int Line, int Column, IReadOnlyList<(ScalarNode Key, FileNode Value)> Entries) : FileNode(Line, Column)
{
    public (ScalarNode Key, FileNode Value)? Find(string key)
    {
        foreach (var entry in Entries)
            if (entry.Key.Text == key) return entry;
        return null;
    }
}
