using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sweeps.Core.Gpt;

namespace Sweeps.Core.Stages;

/// <summary>
/// Hashes by which beginnings of runs are found again, in this sweep or another: equal ones have the same weights and points, bit for bit,
/// when they were trained on the same <see cref="TrainingDevice"/> from the same <see cref="RunInputs"/>.
/// </summary>
public sealed class RunIdentity
{
    private readonly RunTimeline timeline;

    /// <summary>The identity of a run.</summary>
    /// <param name="timeline">What it does, with any seed.</param>
    /// <param name="constants">The <see cref="ConstantsOf"/> it.</param>
    /// <param name="seed">Its seed.</param>
    internal RunIdentity(RunTimeline timeline, string constants, int seed)
    {
        this.timeline = timeline;
        Origin = Hash(string.Create(CultureInfo.InvariantCulture, $"{constants} seed {seed}"));
    }

    /// <summary>The identity of the run with this timeline and the seed that it names.</summary>
    public static RunIdentity Of(RunTimeline timeline) => new(timeline, ConstantsOf(timeline), timeline.Fixed.Seed);

    /// <summary>Of all that holds from the first step to the last: parameters, seed, <see cref="NumericsVersion"/>.</summary>
    public string Origin { get; }

    /// <summary>The run's <see cref="TrainingOptions.Device"/>.</summary>
    public string Device => timeline.Fixed.Device;

    /// <summary>The files that the run reads.</summary>
    public RunInputs Inputs => RunInputs.Of(timeline.Fixed);

    /// <summary>Of the run up to a step, whatever it does after it.</summary>
    public string At(int step) => UpTo(step, measured: null);

    /// <summary>
    /// The identities, at a step, of runs that are the same up to there: none after the run's end. Where it goes on, that may be the end of another,
    /// which measures there what this one measures at its own.
    /// </summary>
    internal IEnumerable<string> Alike(int step)
    {
        if (step > timeline.Steps) yield break;
        yield return At(step);
        if (step < timeline.Steps && timeline.Measurement is { } measurement) yield return UpTo(step, measurement);
    }

    /// <summary>A hash of what does not change over the steps, the seed left out: the same for all seeds of a configuration.</summary>
    internal static string ConstantsOf(RunTimeline timeline) => Hash(string.Join('\n', timeline.Fixed.ToParameters()
        .Where(parameter => parameter.Key != GptParameters.SamplesName).OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key}={parameter.Value}")
        .Append(string.Create(CultureInfo.InvariantCulture, $"numerics {NumericsVersion.Current}"))));

    /// <param name="step">The step.</param>
    /// <param name="measured">What another run measures after the last step before it: the last part of a piece that begins there.</param>
    private string UpTo(int step, string? measured)
    {
        var text = new StringBuilder(Origin);
        foreach (var piece in timeline.Pieces)
        {
            if (piece.FirstStep >= step) break;
            text.Append(CultureInfo.InvariantCulture, $"\nfrom {piece.FirstStep}: {piece.Meaning}");
            if (measured is null || piece.FirstStep < step - 1) continue;
            text.Append("; ").Append(measured);
            measured = null;
        }
        if (measured is not null) text.Append(CultureInfo.InvariantCulture, $"\nfrom {step - 1}: {measured}");
        text.Append(CultureInfo.InvariantCulture, $"\nto {step}");
        return Hash(text.ToString());
    }

    // Half of SHA-256 is more than enough to tell stages apart.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
