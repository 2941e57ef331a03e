using Sweeps.Core.Gpt;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;

namespace Benchmarks;

/// <summary>The environment that the agent gives its workers.</summary>
internal static class WorkerSettings
{
    internal static IEnumerable<(string Name, string? Value)> Of(int threads, Precision precision = Precision.Fp32)
    {
        var options = new AgentOptions { Home = "", DataDirectory = "", HeadUrl = "", Worker = "", Slots = [] };
        return WorkerCommand.For(options, new Slot(0, "cpu", null, threads), "", "", precision).Environment.Select(v => (v.Key, v.Value));
    }
}
