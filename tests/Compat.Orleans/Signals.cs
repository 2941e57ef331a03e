using System.Collections.Concurrent;

namespace Compat.Orleans;

/// <summary>Named events between grains and tests, so that no test has to sleep.</summary>
public sealed class Signals
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> events = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public void Set(string name, string value = "") => Event(name).TrySetResult(value);

    public bool IsSet(string name) => Event(name).Task.IsCompleted;

    public Task<string> WaitFor(string name) => Event(name).Task.WaitAsync(Patience);

    private TaskCompletionSource<string> Event(string name) =>
        events.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
