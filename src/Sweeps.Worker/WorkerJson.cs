using System.Text.Json;
using System.Text.Json.Serialization;
using Sweeps.Core;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>The protocol's JSON with the converters made at build time: looking at types when the process starts would delay the first step.</summary>
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(SpoolEntry))]
[JsonSerializable(typeof(PointBatch))]
[JsonSerializable(typeof(CheckpointNotice))]
[JsonSerializable(typeof(TextSample))]
[JsonSerializable(typeof(AttemptFinish))]
[JsonSerializable(typeof(AttemptReply))]
public sealed partial class WorkerJson : JsonSerializerContext
{
    static WorkerJson() => Default = new WorkerJson(new JsonSerializerOptions(Json.Options));
}
