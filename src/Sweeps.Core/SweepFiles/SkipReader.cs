using System.Collections.Immutable;
using System.Globalization;
using Sweeps.Core.Search;

namespace Sweeps.Core.SweepFiles;

/// <summary>
/// Reads <c>skip</c>, a list of expressions in a small part of Python's language:
/// <code>
/// any        = all { "or" all }
/// all        = not { "and" not }
/// not        = "not" not | comparison
/// comparison = "(" any ")" | side ("==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") side | side ["not"] "in" list | name
/// side       = name | value
/// value      = number | 'text' | "text" | true | false | list
/// list       = "[" value { "," value } "]"
/// </code>
/// A name alone is a parameter that is true or false. Errors name the place in the expression.
/// </summary>
internal sealed class SkipReader
{
    private const int DeepestNesting = 50;

    private static readonly Dictionary<string, Comparison> Comparisons = new()
    {
        ["=="] = Comparison.Equal, ["!="] = Comparison.NotEqual, ["<"] = Comparison.Less, ["<="] = Comparison.LessOrEqual,
        [">"] = Comparison.Greater, [">="] = Comparison.GreaterOrEqual,
    };

    private readonly ParameterNames names;
    private readonly SkipTokens tokens;
    private int depth;

    private SkipReader(ScalarNode node, ParameterNames names) => (this.names, tokens) = (names, new SkipTokens(node.Text));

    /// <summary>The rules of the file; those with an error, which is then in the list, are left out.</summary>
    public static IReadOnlyList<SkipRule> Read(MapNode file, NodeReader nodes, ParameterNames names)
    {
        if (file.Find("skip") is not { } entry) return [];
        const string Example = "skip: [\"heads == 1 and head_kind == 'causal'\"]";
        if (entry.Value is not ListNode { Items.Count: > 0 } list)
        {
            nodes.Errors.Add(entry.Value, entry.Value is ListNode or ScalarNode { Text: "" } ? $"'skip' is empty; write {Example}, or remove it"
                : $"'skip' is a list of expressions, such as {Example}{NodeReader.Not(entry.Value)}");
            return [];
        }
        var rules = new List<SkipRule>();
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode { Text: not "" } scalar)
            {
                nodes.Errors.Add(item, $"an expression was expected here, as in {Example}");
                continue;
            }
            try
            {
                rules.Add(new SkipReader(scalar, names).Rule());
            }
            catch (SkipProblem problem)
            {
                var (line, column) = scalar.PlaceOf(problem.Offset);
                if (problem.Message.Length > 0) nodes.Errors.Add(line, column, problem.Text, problem.Message);
            }
        }
        return rules;
    }

    private SkipRule Rule()
    {
        var rule = Any();
        return tokens.Next is { Kind: SkipTokenKind.End } ? rule : throw Problem(tokens.Next, tokens.Next.Text switch
        {
            "=" => "write == to compare",
            _ => $"'and', 'or' or the end was expected here, not {tokens.Next}",
        });
    }

    private SkipRule Any()
    {
        if (++depth > DeepestNesting) throw Problem(tokens.Next, $"the expression is nested more than {DeepestNesting} levels deep");
        var parts = ImmutableArray.Create(All());
        while (tokens.Take("or")) parts = parts.Add(All());
        depth--;
        return parts.Length == 1 ? parts[0] : new AnyRule(parts);
    }

    private SkipRule All()
    {
        var parts = ImmutableArray.Create(Not());
        while (tokens.Take("and")) parts = parts.Add(Not());
        return parts.Length == 1 ? parts[0] : new AllRule(parts);
    }

    private SkipRule Not()
    {
        var isNegated = false;
        while (tokens.Take("not")) isNegated = !isNegated;
        var rule = Compare();
        return isNegated ? new NotRule(rule) : rule;
    }

    private SkipRule Compare()
    {
        if (tokens.Take("("))
        {
            var rule = Any();
            if (!tokens.Take(")")) throw Problem(tokens.Next, $"')' was expected here, not {tokens.Next}");
            return rule;
        }
        var left = Operand();
        var operation = tokens.Next;
        if (Comparisons.TryGetValue(operation.Text, out var comparison) && operation.Kind == SkipTokenKind.Symbol)
        {
            tokens.Advance();
            var right = Operand();
            if (Comparisons.ContainsKey(tokens.Next.Text) && tokens.Next.Kind == SkipTokenKind.Symbol)
                throw Problem(tokens.Next, "one comparison at a time: write a < b and b < c");
            return Compared(left, operation, comparison, right);
        }
        var isIn = !tokens.Take("not");
        if (tokens.Take("in")) return Member(left, isIn);
        if (!isIn) throw Problem(tokens.Next, $"'in' was expected after 'not', not {tokens.Next}");
        if (left.Parameter is not { } parameter)
            throw Problem(operation, $"a comparison was expected here, such as heads == 1, not {operation}");
        if (!parameter.Known.IsBoolean)
            throw Problem(operation, operation.Text == "=" ? "write == to compare"
                : $"{left.Token.Text} is {parameter.Known.Allowed}; compare it, as in {left.Token.Text} == ..., instead of {operation}");
        return new ComparisonRule(left.Operand, Comparison.Equal, new SkipOperand(null, ParameterValue.Of(true)));
    }

    private ComparisonRule Compared(Side left, SkipToken operation, Comparison comparison, Side right)
    {
        if (left.Parameter is null && right.Parameter is null) throw Problem(left.Token, "two values are compared here; one side is the name of a parameter");
        if (comparison is Comparison.Equal or Comparison.NotEqual)
        {
            if (left.Parameter is { } name) CheckValue(name, right);
            if (right.Parameter is { } other) CheckValue(other, left);
        }
        else
            foreach (var side in new[] { left, right })
                if (side.Parameter is { } parameter ? !(parameter.Known.IsContinuous || parameter.Known.IsWhole) : side.Operand.Value!.AsDouble is null)
                    throw Problem(side.Token, $"{operation.Text} compares numbers, and {side.Token.Text} is none; use ==, != or in");
        return new ComparisonRule(left.Operand, comparison, right.Operand);
    }

    private MembershipRule Member(Side left, bool isIn)
    {
        if (left.Parameter is not { } parameter) throw Problem(left.Token, "the name of a parameter was expected before 'in'");
        if (tokens.Next.Text != "[") throw Problem(tokens.Next, $"a list such as [1, 2] was expected after 'in', not {tokens.Next}");
        var values = ImmutableArray.CreateBuilder<ParameterValue>();
        foreach (var item in List())
        {
            CheckValue(parameter, item);
            values.Add(item.Operand.Value!);
        }
        return new MembershipRule(left.Operand, values.ToImmutable(), isIn);
    }

    /// <summary>A rule that compares with what a parameter never is would be read and then never do anything.</summary>
    private void CheckValue(FileParameter parameter, Side side)
    {
        if (side.Operand.Value is not { } value) return;
        if (parameter.Known.Check(value) is { } problem) throw Problem(side.Token, problem);
        if (!parameter.Distribution.Contains(value)) throw Problem(side.Token, parameter.Never(value));
    }

    private Side Operand()
    {
        if (tokens.Next is not { Kind: SkipTokenKind.Name } name || IsWord(name)) return Value();
        tokens.Advance();
        if (names.Find(name.Text, "'skip'", out var problem) is { } parameter) return new Side(name, new SkipOperand(parameter.Name, null), parameter);
        // A text without quotes is the likeliest reason for a name that is no parameter.
        throw Problem(name, problem is null ? "" : $"{problem} (a text is written in quotes, as in '{name.Text}')");
    }

    private Side Value()
    {
        var token = tokens.Next;
        ParameterValue value;
        if (token.Text == "[" && token.Kind == SkipTokenKind.Symbol) value = ParameterValue.Of(List().Select(item => item.Operand.Value!).ToArray());
        else
        {
            value = token switch
            {
                { Kind: SkipTokenKind.Text } => ParameterValue.Of(token.Text),
                { Kind: SkipTokenKind.Name, Text: "true" or "True" } => ParameterValue.Of(true),
                { Kind: SkipTokenKind.Name, Text: "false" or "False" } => ParameterValue.Of(false),
                { Kind: SkipTokenKind.Number } when double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => ParameterValue.Of(number),
                { Kind: SkipTokenKind.Unclosed } => throw Problem(token, "this text has no closing quote"),
                { Text: "&&" } => throw Problem(token, "write 'and'"),
                { Text: "||" } => throw Problem(token, "write 'or'"),
                { Text: "!" } => throw Problem(token, "write 'not'"),
                _ => throw Problem(token, $"the name of a parameter or a value was expected here, not {token}"),
            };
            tokens.Advance();
        }
        return new Side(token, new SkipOperand(null, value), null);
    }

    private List<Side> List()
    {
        if (++depth > DeepestNesting) throw Problem(tokens.Next, $"the expression is nested more than {DeepestNesting} levels deep");
        tokens.Advance();
        var items = new List<Side>();
        do items.Add(Value());
        while (tokens.Take(","));
        if (!tokens.Take("]")) throw Problem(tokens.Next, $"',' or ']' was expected here, not {tokens.Next}");
        depth--;
        return items;
    }

    private static bool IsWord(SkipToken token) => token.Text is "and" or "or" or "not" or "in" or "true" or "True" or "false" or "False";

    private static SkipProblem Problem(SkipToken token, string message) => new(token.Offset, token.Text, message);

    /// <summary>A side of a comparison with its place, and the file's parameter that it names.</summary>
    private sealed record Side(SkipToken Token, SkipOperand Operand, FileParameter? Parameter);

    private sealed class SkipProblem(int offset, string text, string message) : Exception(message)
    {
        public int Offset => offset;

        public string Text => text;
    }
}
