using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Grains;

/// <summary>What an attempt needs as the JSON object that an order carries.</summary>
public static class ResourceText
{
    private static readonly ResourceSpec Nothing = new();

    /// <summary>The object; null where the sweep file asks for nothing.</summary>
    public static string? Write(ResourceSpec resources) => resources == Nothing ? null : JsonSerializer.Serialize(resources, Json.Options);

    /// <summary>Reads <see cref="Write"/>.</summary>
    public static ResourceSpec Read(string? json) => json is null ? Nothing : JsonSerializer.Deserialize<ResourceSpec>(json, Json.Options) ?? Nothing;
}
