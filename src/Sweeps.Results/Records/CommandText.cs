using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Commands;

namespace Sweeps.Results.Records;

/// <summary>A sweep's command as the JSON object that the database holds.</summary>
public static class CommandText
{
    /// <summary>The object; null for the built-in trainer. Equal texts are equal commands in the same directory.</summary>
    public static string? Write(CommandSpec? command) => command is null ? null : JsonSerializer.Serialize(command, Json.Options);

    /// <summary>Reads <see cref="Write"/>.</summary>
    public static CommandSpec? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<CommandSpec>(json, Json.Options);
}
