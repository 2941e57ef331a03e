namespace Orleans.Runtime;

/// <summary>Executes the tasks of one activation one after the other, so that grain code needs no locks. Continuations of awaits come here too.</summary>
internal sealed class ActivationTaskScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    private readonly Queue<Task> tasks = new();
    private bool active;

    /// <summary>The activation whose code is executing, or null.</summary>
    public static Activation? CurrentActivation => (Current as ActivationTaskScheduler)?.Activation;

    public Activation Activation { get; } = activation;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts a turn. Nothing of the caller's execution context flows into it, as nothing would through a network.</summary>
    public void Start(Func<Task> turn)
    {
        if (ExecutionContext.IsFlowSuppressed()) StartTask();
        else using (ExecutionContext.SuppressFlow()) StartTask();

        void StartTask() => Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            Task? task;
            lock (tasks)
            {
                if (!tasks.TryDequeue(out task))
                {
                    active = false;
                    return;
                }
            }
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (tasks)
        {
            tasks.Enqueue(task);
            if (active) return;
            active = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (tasks) return tasks.ToArray();
    }
}
