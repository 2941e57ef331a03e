using System.Text;
using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>
/// English-like text from a seeded grammar: short stories whose names, places and objects recur, so that a model gains by looking back.
/// The same text on every machine and at every time.
/// </summary>
public static class Grammar
{
    private static readonly string[] Names = ["Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gwen", "Hugo", "Iris", "Jon", "Kira", "Leo"];
    private static readonly string[] Places = ["harbor", "garden", "market", "forest", "library", "village", "station", "river"];
    private static readonly string[] Things = ["lantern", "letter", "basket", "violin", "map", "clock", "kettle", "mirror", "ladder", "coin"];
    private static readonly string[] Adjectives = ["old", "small", "bright", "heavy", "broken", "green", "quiet", "strange"];
    private static readonly string[] Movements = ["walked", "ran", "went", "drove", "returned"];
    private static readonly string[] Takings = ["found", "took", "carried", "wanted", "lost", "bought"];
    private static readonly string[] Feelings = ["happy", "tired", "curious", "afraid", "proud"];

    /// <summary>Generates about <paramref name="characters"/> characters, a story a line.</summary>
    public static string Generate(int characters = 400_000, ulong seed = 1)
    {
        var random = new SplitMix64(seed);
        var text = new StringBuilder(characters + 1000);
        while (text.Length < characters) Story(text, random);
        return text.ToString();
    }

    private static void Story(StringBuilder text, SplitMix64 random)
    {
        var hero = Pick(Names, random);
        var friend = Pick(Names, random);
        while (friend == hero) friend = Pick(Names, random);
        var place = Pick(Places, random);
        var thing = $"{Pick(Adjectives, random)} {Pick(Things, random)}";

        text.Append($"{hero} {Pick(Movements, random)} to the {place}. ");
        var sentences = 2 + random.Below(4);
        for (var i = 0; i < sentences; i++)
        {
            var (subject, other) = random.Below(3) == 0 ? (friend, hero) : (hero, friend);
            text.Append(random.Below(6) switch
            {
                0 => $"{subject} {Pick(Takings, random)} the {thing}. ",
                1 => $"At the {place}, {subject} met {other}. ",
                2 => $"\"Where is the {thing}?\" asked {subject}. ",
                3 => $"{subject} was {Pick(Feelings, random)}, but {other} was {Pick(Feelings, random)}. ",
                4 => $"{subject} gave the {thing} to {other}. ",
                _ => $"Then {subject} and {other} {Pick(Movements, random)} to the {Pick(Places, random)}. ",
            });
        }
        text.Append($"In the end, {hero} kept the {thing}.\n");
    }

    private static string Pick(string[] words, SplitMix64 random) => words[random.Below(words.Length)];
}
