using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>
/// Generated stories about two people whose names are two tokens each, drawn anew for every story, after the induction experiment of
/// Gloeckle et al. (2024, section 4.1): the second token of a name can be told from the first only by looking back to where the story named
/// the person before. All tokens are trained; the answers are the second tokens of names seen before. A token is a word; a story fills the
/// row. Names of the validation never occur in training, though each of their tokens does.
/// </summary>
public sealed class Induction : ITask
{
    private const int Firsts = 24, Seconds = 24;

    private static readonly string[] Words =
    [
        .. Syllables("ka", "lo", "mi", "re", "su", "ta"), .. Syllables("bar", "den", "fin", "gol", "hus", "jan"),
        ".", ",", "the", "to", "at", "with", "and", "met", "saw", "gave", "said", "was", "so", "then", "went", "a",
        "harbor", "garden", "market", "forest", "library", "river", "letter", "basket", "violin", "map", "clock", "coin",
        "happy", "tired", "curious", "proud",
    ];

    private static readonly Dictionary<string, int> Index = Words.Select((word, i) => (word, i)).Skip(Firsts + Seconds).ToDictionary(p => p.word, p => p.i);

    // # and & are the two people, either of whom may come first; capitals are classes of words.
    private static readonly string[][] Sentences =
    [
        .. new[]
        {
            "# went to the PLACE .", "then # met & at the PLACE .", "# gave a THING to & .", "& was MOOD , so # was MOOD .",
            "at the PLACE , # saw the THING .", "# and & went to the PLACE .", "# said to & : MOOD .", "then # was MOOD .",
        }.Select(sentence => sentence.Replace(":", ",").Split(' ')),
    ];

    /// <inheritdoc/>
    public string Name => "induction";

    /// <inheritdoc/>
    public int Vocabulary => Words.Length;

    /// <inheritdoc/>
    public int Longest => 0;

    /// <summary>Number of second tokens of names: a guess is right once in as many.</summary>
    internal static int SecondTokens => Seconds;

    /// <inheritdoc/>
    public void Write(SplitMix64 random, Part part, Example example)
    {
        var people = new[] { DrawName(random, part), DrawName(random, part) };
        while (people[1].First == people[0].First) people[1] = DrawName(random, part);
        var (seen, answers, length) = (new bool[2], 0, 0);
        while (length < example.Tokens.Length)
        {
            var hero = random.Below(2);
            foreach (var word in Sentences[random.Below(Sentences.Length)])
            {
                if (word is "#" or "&")
                {
                    var person = word == "#" ? hero : 1 - hero;
                    Put(people[person].First, 0, example, ref length);
                    Put(people[person].Second, seen[person] ? ++answers : 0, example, ref length);
                    seen[person] = true;
                }
                else
                {
                    Put(Index[Chosen(word, random)], 0, example, ref length);
                }
            }
        }
        example.Trained.Fill(true);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => string.Join(' ', tokens.Select(t => Words[t]));

    /// <inheritdoc/>
    public long[] Encode(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(word => Array.IndexOf(Words, word) is >= 0 and var token ? token : throw Unknown.Symbol(Name, word, Words))];

    // What does not fit into the row any more is dropped.
    private static void Put(int token, int answer, Example example, ref int length)
    {
        if (length == example.Tokens.Length) return;
        (example.Tokens[length], example.Answers[length]) = (token, answer);
        length++;
    }

    private static (int First, int Second) DrawName(SplitMix64 random, Part part)
    {
        int first, second;
        do (first, second) = (random.Below(Firsts), Firsts + random.Below(Seconds));
        while (Example.PartOf([first, second]) != part);
        return (first, second);
    }

    private static string Chosen(string word, SplitMix64 random) => word switch
    {
        "PLACE" => Words[Index["harbor"] + random.Below(6)],
        "THING" => Words[Index["letter"] + random.Below(6)],
        "MOOD" => Words[Index["happy"] + random.Below(4)],
        _ => word,
    };

    private static IEnumerable<string> Syllables(params string[] beginnings) =>
        beginnings.SelectMany(beginning => new[] { "na", "ro", "vi", "sk" }.Select(end => beginning + end));
}
