using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sweeps.Core.Search;

/// <summary>One point of a sweep's search space.</summary>
public sealed record Configuration
{
    private readonly ImmutableSortedDictionary<string, string> varying;

    /// <summary>Names the parameters that vary in the sweep.</summary>
    /// <param name="index">Place in the sweep, from 0.</param>
    /// <param name="parameters">Values of its parameters, names sorted ordinally.</param>
    /// <param name="varying">Names of those that the label tells, and how it names them.</param>
    public Configuration(int index, ImmutableSortedDictionary<string, ParameterValue> parameters, ImmutableSortedDictionary<string, string> varying)
    {
        Index = index;
        Parameters = parameters;
        this.varying = varying;
    }

    /// <summary>Place in the sweep, from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// Every parameter of the sweep file with its value, without those whose condition (<c>when</c>) does not hold; names are sorted
    /// ordinally.
    /// </summary>
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; }

    /// <summary>What distinguishes it from the sweep's others: <c>heads=4 untie_at=2/3</c>; <c>(only one)</c> when nothing varies.</summary>
    public string Label
    {
        get
        {
            var label = string.Join(' ', varying.Where(pair => Parameters.ContainsKey(pair.Key)).Select(pair => $"{pair.Value}={Shown(Parameters[pair.Key])}"));
            return label.Length > 0 ? label : "(only one)";
        }
    }

    /// <summary>The parameters as one line of JSON, sorted; equal for equal parameters.</summary>
    public string CanonicalJson => Canonical(Parameters);

    /// <summary>SHA-256 of <see cref="CanonicalJson"/>, lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson)));

    /// <summary>Configurations are equal when their place and parameters are.</summary>
    public bool Equals(Configuration? other) => other is not null && Index == other.Index && Parameters.SequenceEqual(other.Parameters);

    /// <inheritdoc/>
    public override int GetHashCode() => Parameters.Aggregate(Index, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));

    /// <summary>Parameters as one line of JSON, names sorted ordinally.</summary>
    public static string Canonical(IEnumerable<KeyValuePair<string, ParameterValue>> parameters) =>
        JsonSerializer.Serialize(parameters.ToImmutableSortedDictionary(StringComparer.Ordinal), Json.Options);

    private static string Shown(ParameterValue value)
    {
        var text = value.ToString();
        return value.AsLong is null && value.AsDouble is { } number && text.Length > 8 ? number.ToString("G5", CultureInfo.InvariantCulture) : text;
    }
}
