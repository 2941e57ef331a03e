namespace Sweeps.Core.Gpt;

/// <summary>
/// Reads the options of many configurations, one after the other. What all of them share is checked and applied once, and what a
/// configuration begins with as the one before it did, which in a grid is most of it, is kept.
/// </summary>
internal sealed class TrainingOptionsReader
{
    private static readonly List<GptParameterError> NoErrors = [];

    private readonly Dictionary<string, ParameterValue> shared = [];

    // What is shared, and what the last configuration has of its own, by the trainer's names.
    private readonly Dictionary<string, (string WrittenAs, ParameterValue Value)> given = [];

    // What the last configuration has of its own, without errors.
    private readonly List<OwnParameter> own = [];

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
    public TrainingOptions Read(IReadOnlyDictionary<string, ParameterValue> parameters, out IReadOnlyList<GptParameterError> errors)
    {
        List<GptParameterError>? found = null;
        var read = 0;
        foreach (var (name, value) in parameters)
        {
            if (shared.ContainsKey(name)) continue;
            if (read < own.Count && own[read].WrittenAs == name && own[read].Value.Equals(value))
            {
                read++;
                continue;
            }
            ForgetFrom(read);
            if (GptParameters.Find(name) is not { } parameter) Add(name, GptParameters.UnknownName(name));
            else if (parameter.Check(value) is { } problem) Add(name, problem);
            else if (given.TryAdd(parameter.Name, (name, value)))
            {
                own.Add(new OwnParameter(parameter, name, value));
                read++;
            }
            else Add(name, $"\"{given[parameter.Name].WrittenAs}\" and \"{name}\" are the same parameter; keep one of them");
        }
        ForgetFrom(read);
        var options = found is null ? Applied(Add) : new TrainingOptions();
        errors = found ?? NoErrors;
        return options;

        void Add(string name, string message) => (found ??= []).Add(new GptParameterError(name, message));
    }

    private void ForgetFrom(int place)
    {
        for (var i = place; i < own.Count; i++) given.Remove(own[i].Parameter.Name);
        own.RemoveRange(place, own.Count - place);
    }

    private TrainingOptions Applied(Action<string, string> addError)
    {
        var options = WithShared(given.TryGetValue("preset", out var preset) ? preset.Value.AsString! : TrainingOptions.Presets[0]);
        foreach (var parameter in own) options = parameter.Applied(options);
        // untie_at is a share of the steps: it is applied once they are known.
        if (given.TryGetValue("untie_at", out var untieAt)) options = GptParameters.Find("untie_at")!.Apply(options, untieAt.Value);
        options = TrainingOptions.WithDerived(options, given.ContainsKey);
        foreach (var contradiction in GptParameters.Contradictions(options))
        {
            var culprit = contradiction.Parameters.FirstOrDefault(given.ContainsKey);
            addError(culprit is null ? contradiction.Parameters[0] : given[culprit].WrittenAs, contradiction.Message);
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

    private sealed class OwnParameter(GptParameter parameter, string writtenAs, ParameterValue value)
    {
        private TrainingOptions? before;
        private TrainingOptions? after;

        public GptParameter Parameter => parameter;

        public string WrittenAs => writtenAs;

        public ParameterValue Value => value;

        /// <summary>The options with this parameter, except for untie_at; asked again with the same ones, the answer is the last one.</summary>
        public TrainingOptions Applied(TrainingOptions options)
        {
            if (parameter.Name == "untie_at") return options;
            if (!ReferenceEquals(options, before)) (before, after) = (options, parameter.Apply(options, value));
            return after!;
        }
    }
}
