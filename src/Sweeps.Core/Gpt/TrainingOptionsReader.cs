namespace Sweeps.Core.Gpt;

/// <summary>Reads the options of many configurations, one after the other; the values that all of them share are checked and applied once.</summary>
internal sealed class TrainingOptionsReader
{
    private readonly Dictionary<string, ParameterValue> shared = [];

    // What is shared, and while a configuration is read also what is its own, by the trainer's names.
    private readonly Dictionary<string, (string WrittenAs, ParameterValue Value)> given = [];

    // The options that the shared values give with each preset.
    private readonly Dictionary<string, TrainingOptions> withShared = [];

    /// <param name="shared">Parameters that each configuration has with this value.</param>
    public TrainingOptionsReader(IReadOnlyDictionary<string, ParameterValue> shared)
    {
        // What has an error is left to each configuration.
        foreach (var (name, value) in shared)
            if (GptParameters.Find(name) is { } parameter && parameter.Check(value) is null && given.TryAdd(parameter.Name, (name, value))) this.shared.Add(name, value);
    }

    /// <summary>The options of a configuration, with what is wrong with them; where a parameter is, they are the defaults.</summary>
    public TrainingOptions Read(IReadOnlyDictionary<string, ParameterValue> parameters, out List<GptParameterError> errors)
    {
        errors = [];
        var own = new List<(GptParameter Parameter, ParameterValue Value)>();
        foreach (var (name, value) in parameters)
        {
            if (shared.ContainsKey(name)) continue;
            if (GptParameters.Find(name) is not { } parameter) errors.Add(new(name, GptParameters.UnknownName(name)));
            else if (parameter.Check(value) is { } problem) errors.Add(new(name, problem));
            else if (given.TryAdd(parameter.Name, (name, value))) own.Add((parameter, value));
            else errors.Add(new(name, $"\"{given[parameter.Name].WrittenAs}\" and \"{name}\" are the same parameter; keep one of them"));
        }

        var options = errors.Count > 0 ? new TrainingOptions() : Applied(own, errors);
        foreach (var (parameter, _) in own) given.Remove(parameter.Name);
        return options;
    }

    private TrainingOptions Applied(List<(GptParameter Parameter, ParameterValue Value)> own, List<GptParameterError> errors)
    {
        var options = WithShared(given.TryGetValue("preset", out var preset) ? preset.Value.AsString! : TrainingOptions.Presets[0]);
        foreach (var (parameter, value) in own)
            if (parameter.Name != "untie_at") options = parameter.Apply(options, value);
        // untie_at is a share of the steps: it is applied once they are known.
        if (given.TryGetValue("untie_at", out var untieAt)) options = GptParameters.Find("untie_at")!.Apply(options, untieAt.Value);
        options = TrainingOptions.WithDerived(options, given.ContainsKey);
        foreach (var contradiction in GptParameters.Contradictions(options))
        {
            var culprit = contradiction.Parameters.FirstOrDefault(given.ContainsKey);
            errors.Add(new GptParameterError(culprit is null ? contradiction.Parameters[0] : given[culprit].WrittenAs, contradiction.Message));
        }
        return options;
    }

    private TrainingOptions WithShared(string preset)
    {
        if (withShared.TryGetValue(preset, out var options)) return options;
        options = TrainingOptions.OfPreset(preset);
        foreach (var (name, value) in shared)
            if (GptParameters.Find(name) is { Name: not "untie_at" } parameter) options = parameter.Apply(options, value);
        return withShared[preset] = options;
    }
}
