using Orleans.Concurrency;

namespace Compat.Orleans.Grains;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Signals "NAME began", waits for "NAME may end", and says how many others were executing meanwhile.</summary>
    Task<int> Work(string name);

    [AlwaysInterleave]
    Task<int> Interleaving(string name);

    /// <summary>Awaits several times and says on how many schedulers the continuations ran.</summary>
    Task<int> SchedulersSeen();

    /// <summary>Increments a number, with an await between reading and writing it: only turns keep it right.</summary>
    Task<int> Count(int times);
}
