namespace Sweeps.Core.Gpt;

/// <summary>Reads the options of many configurations; the values that all of them share are checked and applied once.</summary>
internal sealed class TrainingOptionsReader
{
    private readonly Dictionary<string, ParameterValue> shared = [];
    private readonly Dictionary<string, (string WrittenAs, ParameterValue Value)> given = [];
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
        var all = new Dictionary<string, (string WrittenAs, ParameterValue Value)>(given);
        var own = new List<(GptParameter Parameter, ParameterValue Value)>();
        foreach (var (name, value) in parameters)
        {
            if (shared.ContainsKey(name)) continue;
            if (GptParameters.Find(name) is not { } parameter) errors.Add(new(name, GptParameters.UnknownName(name)));
            else if (parameter.Check(value) is { } problem) errors.Add(new(name, problem));
            else if (all.TryAdd(parameter.Name, (name, value))) own.Add((parameter, value));
            else errors.Add(new(name, $"\"{all[parameter.Name].WrittenAs}\" and \"{name}\" are the same parameter; keep one of them"));
        }

        if (errors.Count > 0) return new TrainingOptions();
        var options = WithShared(all.TryGetValue("preset", out var preset) ? preset.Value.AsString! : TrainingOptions.Presets[0]);
        foreach (var (parameter, value) in own)
            if (parameter.Name != "untie_at") options = parameter.Apply(options, value);
        // untie_at is a share of the steps: it is applied once they are known.
        if (all.TryGetValue("untie_at", out var untieAt)) options = GptParameters.Find("untie_at")!.Apply(options, untieAt.Value);
        options = TrainingOptions.WithDerived(options, all.ContainsKey);
        foreach (var contradiction in GptParameters.Contradictions(options))
        {
            var culprit = contradiction.Parameters.FirstOrDefault(all.ContainsKey);
            errors.Add(new GptParameterError(culprit is null ? contradiction.Parameters[0] : all[culprit].WrittenAs, contradiction.Message));
        }
        return options;
    }

    private TrainingOptions WithShared(string preset)
    {
        if (withShared.TryGetValue(preset, out var options)) return options;
        options = TrainingOptions.OfPreset(preset);
        foreach (var (name, (_, value)) in given)
            if (name != "untie_at") options = GptParameters.Find(name)!.Apply(options, value);
        return withShared[preset] = options;
    }
}
