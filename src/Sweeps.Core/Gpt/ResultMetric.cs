namespace Sweeps.Core.Gpt;

/// <summary>Which values of a metric are good.</summary>
public enum MetricGoal
{
    /// <summary>Small ones.</summary>
    Minimize,

    /// <summary>Large ones.</summary>
    Maximize,
}

/// <summary>A metric that a sweep can be judged by: what the trainer reports of it, and how people speak of it.</summary>
public sealed record ResultMetric
{
    /// <summary>Its name, as the trainer reports it.</summary>
    public required string Name { get; init; }

    /// <summary>In words: <c>validation loss</c>.</summary>
    public required string Title { get; init; }

    /// <summary>In one word: <c>loss</c>.</summary>
    public required string Noun { get; init; }

    /// <summary>Which values are good.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>Which targets make sense, in words: <c>a loss in nats per token, above 0</c>.</summary>
    public required string Targets { get; init; }

    /// <summary>Whether a target makes sense.</summary>
    public required Func<double, bool> IsTarget { get; init; }

    /// <summary>Runs that report it, in words: <c>data with answers</c>; null for every run.</summary>
    public string? ReportedBy { get; init; }

    /// <summary>Whether a run reports it; null for every run.</summary>
    public Func<TrainingOptions, bool>? IsReported { get; init; }

    /// <summary>The step of a finished run's last value.</summary>
    public Func<TrainingOptions, int> LastStep { get; init; } = options => options.Steps;

    /// <summary>The value with its sign such that smaller is better.</summary>
    public double Cost(double value) => Goal == MetricGoal.Minimize ? value : -value;

    /// <summary>Whether a value is at the target or beyond it on the good side.</summary>
    public bool Reaches(double value, double target) => Cost(value) <= Cost(target);
}

/// <summary>The metrics that a sweep can be judged by.</summary>
public static class ResultMetrics
{
    private const string LossTargets = "a loss in nats per token, above 0";
    private const string AccuracyTargets = "an accuracy, above 0 and at most 1";

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<ResultMetric> All { get; } =
    [
        new() { Name = "val_loss", Title = "validation loss", Noun = "loss", Goal = MetricGoal.Minimize, Targets = LossTargets, IsTarget = target => target > 0 },
        new()
        {
            Name = "train_loss", Title = "training loss", Noun = "loss", Goal = MetricGoal.Minimize, Targets = LossTargets, IsTarget = target => target > 0,
            // It is reported with the step that it was computed in, so never with the last number of steps.
            LastStep = options => (options.Steps - 1) / options.LogEvery * options.LogEvery,
        },
        new()
        {
            Name = "val_accuracy", Title = "validation accuracy", Noun = "accuracy", Goal = MetricGoal.Maximize, Targets = AccuracyTargets, IsTarget = target => target is > 0 and <= 1,
            ReportedBy = "data with answers: addition, polynomial and induction", IsReported = options => options.Data is "addition" or "polynomial" or "induction",
        },
        new()
        {
            Name = "ood_accuracy", Title = "accuracy beyond training", Noun = "accuracy", Goal = MetricGoal.Maximize, Targets = AccuracyTargets, IsTarget = target => target is > 0 and <= 1,
            ReportedBy = "data polynomial with ood_operations", IsReported = options => options is { Data: "polynomial", OodOperations: > 0 },
        },
        Cost("peak_memory_mib", "peak host memory of the worker in MiB", "memory", MetricGoal.Minimize),
        Cost("tokens_per_second", "training speed in tokens a second", "speed", MetricGoal.Maximize),
        Decoding("decode_tokens_per_second", "decoding speed in tokens a second", "speed"),
        Decoding("decode_speedup", "speed-up of decoding", "speed-up"),
        Decoding("decode_accepted_per_round", "drafted tokens accepted in a round", "acceptance"),
    ];

    private static ResultMetric Cost(string name, string title, string noun, MetricGoal goal) =>
        new() { Name = name, Title = title, Noun = noun, Goal = goal, Targets = "a number above 0", IsTarget = target => target > 0 };

    private static ResultMetric Decoding(string name, string title, string noun) => new()
    {
        Name = name, Title = title, Noun = noun, Goal = MetricGoal.Maximize, Targets = "a number above 0", IsTarget = target => target > 0,
        ReportedBy = "runs with decode_method", IsReported = options => options.DecodeMethod is not null,
    };

    /// <summary>A metric of a program of the user's: any name, goal and target. One that is called and good as one of the trainer's is spoken of in the same words.</summary>
    public static ResultMetric Free(string name, MetricGoal goal)
    {
        var known = Find(name) is { } found && found.Goal == goal ? found : null;
        return new() { Name = name, Title = known?.Title ?? name, Noun = known?.Noun ?? name, Goal = goal, Targets = "a number", IsTarget = double.IsFinite };
    }

    /// <summary>The metric of a name; null for one that no sweep is judged by.</summary>
    public static ResultMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
