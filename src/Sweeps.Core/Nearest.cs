namespace Sweeps.Core;

/// <summary>Finds what somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>
    /// The candidate with the fewest insertions, deletions, replacements and swaps of neighbours (Damerau-Levenshtein, optimal string
    /// alignment), or null when even that one differs in more than a third of its letters. Case, '-' and '_' do not count.
    /// </summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        var wanted = Plain(word);
        if (wanted.Length is 0 or > 60) return null;
        var best = candidates.Select(candidate => (candidate, distance: Distance(wanted, Plain(candidate))))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal).FirstOrDefault();
        if (best.candidate is null) return null;
        var length = Math.Max(wanted.Length, best.candidate.Length);
        return best.distance <= Math.Max(1, length / 3) && best.distance < length ? best.candidate : null;
    }

    private static string Plain(string word) => word.ToLowerInvariant().Replace('-', '_');

    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        return rows[a.Length, b.Length];
    }
}
