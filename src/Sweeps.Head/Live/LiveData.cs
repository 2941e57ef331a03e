using System.Text.Json.Serialization;
using Sweeps.Head.Api;
using Sweeps.Results.Records;

namespace Sweeps.Head.Live;

/// <summary>What the messages of <c>GET /api/events</c> carry: the property that is named like the message's <c>event</c> describes its <c>data</c>.</summary>
/// <param name="Hello">The first message, with the id after which events follow.</param>
/// <param name="Event">Something happened; the message's id is the event's.</param>
/// <param name="Sweep">A sweep as it is now: its state or progress has changed.</param>
/// <param name="Runs">Runs whose state has changed, or may have.</param>
/// <param name="Points">New metric points.</param>
/// <param name="Machine">A machine as it is now.</param>
/// <param name="Reset">Messages were left out: load again what is shown.</param>
public sealed record LiveData(LiveHello Hello, EventView Event, SweepView Sweep, LiveRuns Runs, LivePoints Points, MachineView Machine, LiveReset Reset);

/// <summary>Who speaks.</summary>
/// <param name="Head">The <see cref="HeadIdentity"/>'s id; another one after a restart.</param>
public sealed record LiveHello(string Head);

/// <summary>Runs of a sweep and their states.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="Runs">The runs.</param>
public sealed record LiveRuns(long SweepId, IReadOnlyList<LiveRun> Runs);

/// <summary>A run and its state.</summary>
/// <param name="Id">The run.</param>
/// <param name="State">Where it stands.</param>
public sealed record LiveRun(long Id, RunState State);

/// <summary>Metric points since the last message of this kind. The same point may come again.</summary>
/// <param name="Points">The points in the order in which they came.</param>
/// <param name="IsComplete">False when some were left out: of curves that are shown, load the stored points again.</param>
public sealed record LivePoints(IReadOnlyList<LivePoint> Points, bool IsComplete);

/// <summary>One metric point.</summary>
/// <param name="SweepId">The sweep that trains the stage.</param>
/// <param name="StageId">The stage.</param>
/// <param name="RunIds">The runs that go through it.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Tokens">Training tokens seen since step 0.</param>
/// <param name="Value">The value.</param>
public sealed record LivePoint(long SweepId, long StageId, IReadOnlyList<long> RunIds, string Metric, long Step, long Tokens,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value);

/// <summary>Why messages were left out.</summary>
/// <param name="Reason">One sentence.</param>
public sealed record LiveReset(string Reason);
