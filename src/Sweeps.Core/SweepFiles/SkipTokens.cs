namespace Sweeps.Core.SweepFiles;

/// <summary>What a piece of a skip expression is.</summary>
internal enum SkipTokenKind { Name, Number, Text, Symbol, Unclosed, End }

/// <summary>A piece of a skip expression; <paramref name="Text"/> is without quotes.</summary>
internal sealed record SkipToken(SkipTokenKind Kind, string Text, int Offset)
{
    public override string ToString() => Kind switch { SkipTokenKind.End => "the end", SkipTokenKind.Text => $"the text \"{Text}\"", _ => $"'{Text}'" };
}

/// <summary>Cuts a skip expression into names, numbers, texts and symbols.</summary>
internal sealed class SkipTokens
{
    private readonly string text;
    private int at;

    public SkipTokens(string text)
    {
        this.text = text;
        Next = Read();
    }

    /// <summary>The piece that comes next; the end when there is none.</summary>
    public SkipToken Next { get; private set; }

    public void Advance() => Next = Read();

    /// <summary>Takes the next piece if it is this word or symbol.</summary>
    public bool Take(string wanted)
    {
        if (Next.Text != wanted || Next.Kind is not (SkipTokenKind.Name or SkipTokenKind.Symbol)) return false;
        Advance();
        return true;
    }

    private SkipToken Read()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        if (at == text.Length) return new SkipToken(SkipTokenKind.End, "", at);
        var start = at;
        if (text[at] is '\'' or '"')
        {
            var end = text.IndexOf(text[at], at + 1);
            at = end < 0 ? text.Length : end + 1;
            return end < 0 ? new SkipToken(SkipTokenKind.Unclosed, text[start..], start) : new SkipToken(SkipTokenKind.Text, text[(start + 1)..end], start);
        }
        if (char.IsAsciiLetter(text[at]) || text[at] == '_')
        {
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.')) at++;
            return new SkipToken(SkipTokenKind.Name, text[start..at], start);
        }
        if (IsDigit(0) || text[at] is '-' or '+' or '.' && IsDigit(1) || text[at] is '-' or '+' && at + 1 < text.Length && text[at + 1] == '.' && IsDigit(2))
        {
            at++;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || text[at] is '-' or '+' && text[at - 1] is 'e' or 'E')) at++;
            return new SkipToken(SkipTokenKind.Number, text[start..at], start);
        }
        at += at + 1 < text.Length && text.Substring(at, 2) is "==" or "!=" or "<=" or ">=" or "&&" or "||" || char.IsSurrogatePair(text, at) ? 2 : 1;
        return new SkipToken(SkipTokenKind.Symbol, text[start..at], start);
    }

    private bool IsDigit(int ahead) => at + ahead < text.Length && char.IsAsciiDigit(text[at + ahead]);
}
