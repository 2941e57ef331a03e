namespace Compat.Orleans.Grains;

public class TurnGrain(Signals signals) : Grain, ITurnGrain
{
    private int executing;
    private int count;

    public async Task<int> Work(string name)
    {
        var most = ++executing;
        signals.Set($"{name} began");
        await signals.WaitFor($"{name} may end");
        most = Math.Max(most, executing);
        executing--;
        return most - 1;
    }

    public Task<int> Interleaving(string name) => Work(name);

    public async Task<int> SchedulersSeen()
    {
        var seen = new HashSet<TaskScheduler> { TaskScheduler.Current };
        await Task.Yield();
        seen.Add(TaskScheduler.Current);
        await Task.Run(() => { });
        seen.Add(TaskScheduler.Current);
        await Task.Delay(1);
        seen.Add(TaskScheduler.Current);
        return seen.Contains(TaskScheduler.Default) ? -1 : seen.Count;
    }

    public async Task<int> Count(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var before = count;
            await Task.Yield();
            count = before + 1;
        }
        return count;
    }
}
