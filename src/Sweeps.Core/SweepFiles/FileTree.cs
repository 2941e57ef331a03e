using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sweeps.Core.SweepFiles;

/// <summary>
/// Reads YAML into nodes that know their place. (YamlDotNet's own tree stops at the first key that is written twice.)
/// </summary>
internal sealed partial class FileTree
{
    private const int DeepestNesting = 32;

    /// <summary>Values that a file may stand for when each alias is one more copy: a few lines can stand for billions.</summary>
    private const long MostValues = 1_000_000;

    private readonly IParser parser;
    private readonly ErrorList errors;
    private readonly Dictionary<AnchorName, (FileNode Node, long Values)> anchors = [];
    private readonly Stack<Mark> open = [];

    private readonly string yaml;
    private long values;

    private FileTree(string yaml, ErrorList errors) => (parser, this.yaml, this.errors) = (new Parser(new StringReader(yaml)), yaml, errors);

    /// <summary>The file's one document; null, with an error in the list, when it has none or cannot be read.</summary>
    public static FileNode? Read(string yaml, ErrorList errors)
    {
        var tree = new FileTree(yaml, errors);
        try
        {
            return tree.Document();
        }
        catch (YamlException error)
        {
            var (place, hint) = (error.Start, "");
            if (Line(yaml, error.End).TakeWhile(char.IsWhiteSpace).Contains('\t')) (place, hint) = (error.End, "; this line is indented with a tab, YAML wants spaces");
            else if (UnquotedPhases().IsMatch(Line(yaml, error.Start))) hint = "; loss weights with several phases are written in quotes: \"[1, 0.5->0] -> [1]\"";
            errors.Add(Math.Max(1, (int)place.Line), Math.Max(1, (int)place.Column), "", $"this is not valid YAML: {error.Message.TrimEnd('.')}{hint}");
        }
        catch (ArgumentException)
        {
            // What YamlDotNet throws for a tag that is no URI; the last event before it is the nearest place.
            var place = tree.parser.Current?.End ?? Mark.Empty;
            errors.Add((int)place.Line, (int)place.Column, "", "this is not valid YAML: a tag, which begins with '!', cannot be read here; a text with '!' is written in quotes");
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet's scanner throws for a plain "key:" inside of brackets that were opened before and not closed.
            var open = tree.open.Count > 0 ? tree.open.Peek() : new Mark(0, 1, 1);
            errors.Add((int)open.Line, (int)open.Column, "", "this is not valid YAML: a bracket or brace is opened here and not closed before the next key");
        }
        return null;
    }

    private FileNode? Document()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            errors.Add(1, 1, "", "the file is empty; a sweep needs at least 'method' and 'parameters'");
            return null;
        }
        parser.Consume<DocumentStart>();
        var root = Node(0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            errors.Add((int)second!.Start.Line, (int)second.Start.Column, "---", "a second document begins here; write one sweep per file");
        return root;
    }

    private FileNode Node(int depth)
    {
        var start = parser.Current!.Start;
        var (line, column) = ((int)start.Line, (int)start.Column);
        if (depth > DeepestNesting) throw new YamlException(start, start, $"it is nested more than {DeepestNesting} levels deep");
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!anchors.TryGetValue(alias.Value, out var target)) throw new YamlException(alias.Start, alias.End, $"there is no anchor &{alias.Value} before this *{alias.Value}");
            values += target.Values;
            if (values > MostValues) throw new YamlException(alias.Start, alias.End, $"with this *{alias.Value} the file stands for more than {MostValues} values");
            return target.Node;
        }
        var before = values++;

        // The parser sometimes answers a file that is not YAML with events in an impossible order.
        if (parser.Current is not NodeEvent { Anchor: var anchor }) throw new YamlException(start, start, "a value was expected here");
        FileNode node;
        if (parser.TryConsume<Scalar>(out var scalar)) node = new ScalarNode(line, column, scalar.Value, scalar.Style == ScalarStyle.Plain, scalar.Tag, Source(scalar));
        else
        {
            open.Push(start);
            if (parser.Current is SequenceStart { Tag: var of } && !Fits(of, "seq") || parser.Current is MappingStart { Tag: var tag } && !Fits(of = tag, "map"))
                errors.Add(line, column, of.Value, $"the tag {of} is not known; remove it");
            node = parser.TryConsume<SequenceStart>(out _) ? new ListNode(line, column, Items(depth)) : new MapNode(line, column, Entries(depth));
        }
        if (!anchor.IsEmpty) anchors[anchor] = (node, values - before);
        return node;
    }

    private List<FileNode> Items(int depth)
    {
        var items = new List<FileNode>();
        while (!Closed<SequenceEnd>()) items.Add(Node(depth + 1));
        return items;
    }

    private List<(ScalarNode Key, FileNode Value)> Entries(int depth)
    {
        parser.Consume<MappingStart>();
        var entries = new List<(ScalarNode Key, FileNode Value)>();
        var merged = new List<(ScalarNode Key, FileNode Value)>();
        var names = new Dictionary<string, ScalarNode>();
        while (!Closed<MappingEnd>())
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not ScalarNode name) errors.Add(key, "a key is a word, not a list or a mapping");
            else if (name.Text == "<<" && (name.IsPlain || name.Tag == "tag:yaml.org,2002:merge")) merged.AddRange(Merged(name, value));
            else if (!names.TryAdd(name.Text, name)) errors.Add(name, $"\"{name.Text}\" is written twice, first in line {names[name.Text].Line}; keep one of them");
            else entries.Add((name, value));
        }
        // What is written here goes before what is merged, and what is merged first before the rest.
        foreach (var entry in merged)
            if (names.TryAdd(entry.Key.Text, entry.Key)) entries.Add(entry);
        return entries;
    }

    /// <summary>The entries that a merge key takes over from a mapping or a list of them (https://yaml.org/type/merge.html).</summary>
    private IEnumerable<(ScalarNode Key, FileNode Value)> Merged(ScalarNode key, FileNode value)
    {
        var maps = value is ListNode list ? list.Items : [value];
        if (maps.FirstOrDefault(map => map is not MapNode) is { } wrong) errors.Add(key, $"'<<' merges a mapping or a list of mappings, as in <<: *anchor{NodeReader.Not(wrong)}");
        return maps.OfType<MapNode>().SelectMany(map => map.Entries);
    }

    private ReadOnlyMemory<char> Source(Scalar scalar)
    {
        var start = (int)Math.Clamp(scalar.Start.Index, 0, yaml.Length);
        return yaml.AsMemory(start, (int)Math.Clamp(scalar.End.Index, start, yaml.Length) - start);
    }

    private static bool Fits(TagName tag, string kind) => tag.IsEmpty || tag.IsNonSpecific || tag.Value == "tag:yaml.org,2002:" + kind;

    private bool Closed<T>() where T : ParsingEvent
    {
        if (!parser.Accept<T>(out _)) return false;
        open.Pop(); // First, because consuming reads on, and what follows may be where it fails.
        parser.Consume<T>();
        return true;
    }

    private static string Line(string yaml, Mark mark) => yaml.Split('\n').ElementAtOrDefault((int)mark.Line - 1) ?? "";

    [GeneratedRegex(@"\]\s*(@[^""']*)?(->|→)")]
    private static partial Regex UnquotedPhases();
}
