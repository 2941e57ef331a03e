namespace Orleans.Runtime;

/// <summary>A timer of an activation; disposing it ends it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when the next tick is due and the period after it; within a tick it takes effect at the tick's end.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
