using YamlDotNet.Core;

namespace Sweeps.Core.SweepFiles;

/// <summary>A piece of the file and where it begins (line and column from 1).</summary>
internal abstract record FileNode(int Line, int Column);

/// <summary>A single value, not yet interpreted; <paramref name="Source"/> is what stands in the file, with quotes and indentation.</summary>
internal sealed record ScalarNode(int Line, int Column, string Text, bool IsPlain, TagName Tag, ReadOnlyMemory<char> Source) : FileNode(Line, Column)
{
    /// <summary>
    /// Where a character of <see cref="Text"/> stands in the file: the first place at which the source gives the characters up to it in
    /// their order. Quotes, indentation and backslashes are passed over.
    /// </summary>
    public (int Line, int Column) PlaceOf(int offset)
    {
        var (line, column, at) = (Line, Column, 0);
        var end = (Line, Column);
        foreach (var letter in Source.Span)
        {
            var isNext = at < Text.Length && (Text[at] == letter || Text[at] == ' ' && letter == '\n'); // a line break within quotes is a space
            if (isNext && at++ == offset) return (line, column);
            (line, column) = letter == '\n' ? (line + 1, 1) : (line, column + 1);
            if (isNext) end = (line, column);
        }
        return end;
    }
}

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
