using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;

namespace Benchmarks;

/// <summary>The environment that the agent gives its workers.</summary>
internal static class WorkerSettings
{
    internal static IEnumerable<(string Name, string? Value)> Of(int threads)
    {
        var options = new AgentOptions { Home = "", DataDirectory = "", HeadUrl = "", Worker = "", Slots = [] };
        return WorkerCommand.For(options, new Slot(0, "cpu", null, threads), "", "").Environment.Select(v => (v.Key, v.Value));
    }
}
