namespace Sweeps.Charts;

/// <summary>The validation loss of one configuration: the mean over its seeds at each measured amount of training.</summary>
/// <param name="Label">What the configuration is called.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="Points">By ascending tokens; values that are not finite (a run that diverged) end the line.</param>
public sealed record LossCurve(string Label, bool IsBaseline, IReadOnlyList<LossCurvePoint> Points);

/// <summary>One point of a curve, as the statistics gave it.</summary>
/// <param name="Tokens">Training tokens seen.</param>
/// <param name="Mean">Mean loss over the seeds, nats per token.</param>
/// <param name="Low">Lower end of the 95% interval of the mean, or null with a single seed.</param>
/// <param name="High">Upper end of the 95% interval of the mean, or null with a single seed.</param>
public sealed record LossCurvePoint(double Tokens, double Mean, double? Low = null, double? High = null);
