using System.Text.Json.Serialization;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>A run, how far it is and what its sweep's metric says.</summary>
/// <param name="Id">The run.</param>
/// <param name="ConfigurationId">Its configuration.</param>
/// <param name="Ordinal">The configuration's place in the sweep, from 0.</param>
/// <param name="Label">The configuration's label.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Error">Why it failed or what its newest attempt met, or null.</param>
/// <param name="Steps">Steps it will have.</param>
/// <param name="StepsDone">Steps it has, as far as is known.</param>
/// <param name="Last">The metric's newest value, or null.</param>
/// <param name="Min">The metric's smallest value, or null.</param>
/// <param name="Max">The metric's largest value, or null.</param>
public sealed record RunResult(long Id, long ConfigurationId, int Ordinal, string Label, int Seed, RunState State, string? Error,
    int Steps, int StepsDone,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Last,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Min,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Max);
