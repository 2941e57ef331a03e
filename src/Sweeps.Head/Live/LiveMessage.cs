using System.Globalization;
using System.Text;
using System.Text.Json;
using Sweeps.Core;

namespace Sweeps.Head.Live;

/// <summary>One server-sent event, written once for all clients.</summary>
/// <param name="Bytes">As it is sent.</param>
internal sealed record LiveMessage(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Keeps connections open that would be idle.</summary>
    public static LiveMessage Heartbeat { get; } = new(": heartbeat\n\n"u8.ToArray());

    /// <summary>An event; JSON is one line, so that nothing in it can end the field.</summary>
    /// <param name="name">Name of a property of <see cref="LiveData"/>.</param>
    /// <param name="data">What it carries.</param>
    /// <param name="id">Where a client that was cut off goes on, or null to leave that as it is.</param>
    public static LiveMessage Of(string name, object data, long? id = null)
    {
        var text = new StringBuilder();
        if (id is not null) text.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        text.Append(CultureInfo.InvariantCulture, $"event: {name}\ndata: {JsonSerializer.Serialize(data, data.GetType(), Json.Options)}\n\n");
        return new(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
