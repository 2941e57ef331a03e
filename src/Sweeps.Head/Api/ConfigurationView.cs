using Sweeps.Core;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A configuration as the API shows it.</summary>
internal sealed record ConfigurationView(long Id, int Ordinal, string Label, bool IsBaseline, IReadOnlyDictionary<string, ParameterValue> Parameters)
{
    public static ConfigurationView Of(ConfigurationRecord configuration) =>
        new(configuration.Id, configuration.Ordinal, configuration.Label, configuration.IsBaseline, configuration.Parameters);
}
