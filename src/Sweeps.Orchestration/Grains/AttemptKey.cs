using System.Globalization;

namespace Sweeps.Orchestration.Grains;

/// <summary>Names an attempt.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Number">The fencing number.</param>
[GenerateSerializer, Immutable]
public readonly record struct AttemptKey(long StageId, int Number)
{
    /// <summary>As in the API's paths: <c>17-2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StageId}-{Number}");

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out AttemptKey key)
    {
        key = default;
        if (text.Split('-') is not [var stage, var number]
            || !long.TryParse(stage, NumberStyles.None, CultureInfo.InvariantCulture, out var stageId)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        key = new AttemptKey(stageId, count);
        return true;
    }
}
