using Sweeps.Core.Protocol;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Queue;
using Sweeps.Orchestration.Workers;
using Sweeps.Orchestration.Workers.Slurm;

namespace Sweeps.Orchestration.Tests;

/// <summary>What is said to Slurm, and what its answers mean. That real daemons say such things is tested in EndToEnd.</summary>
public sealed class SlurmTextTests
{
    private static readonly SlurmOptions Options = new() { Directory = "/home/a b/100%/slurm", LogDirectory = "/logs", Arguments = ["--partition=main", "--exclusive"] };

    [Fact]
    public void A_queue_is_read_with_arrays_and_reasons_that_hold_the_separator()
    {
        var jobs = SlurmJob.ReadQueue("12|RUNNING|node1|tag|None\n13_4|PENDING||(null)|Resources|odd\nslurm_load_jobs error: none\n14|COMPLETING|n[1-2]|t 2|NodeDown\n");
        Assert.Equal(
            [
                new SlurmJob("12", "RUNNING", "node1", "tag", ""), new SlurmJob("13_4", "PENDING", "", "", "Resources|odd"), new SlurmJob("14", "COMPLETING", "n[1-2]", "t 2", "NodeDown"),
            ], jobs);
        Assert.Equal([null, 4, null], jobs.Select(job => job.Index));
        Assert.Equal([false, true, false], jobs.Select(job => job.IsPending));
        Assert.All(jobs, job => Assert.False(job.IsOver));
        Assert.Empty(SlurmJob.ReadQueue(""));
    }

    [Fact]
    public void Accounting_tells_states_with_their_author_left_out()
    {
        var jobs = SlurmJob.ReadAccounting("12|CANCELLED by 1000|node1\n13_4|NODE_FAIL|node2\n14|RUNNING|None assigned\nSlurm accounting storage is disabled\n");
        Assert.Equal([("12", "CANCELLED", true), ("13_4", "NODE_FAIL", true), ("14", "RUNNING", false)], jobs.Select(job => (job.Id, job.State, job.IsOver)));
    }

    [Theory]
    [InlineData("12\n", "12")]
    [InlineData("12;cluster\n", "12")]
    [InlineData("sbatch: a site's greeting\n17\n", "17")]
    [InlineData("Submitted batch job 12\n", null)]
    [InlineData("", null)]
    public void The_number_of_a_submitted_job_is_the_last_thing_that_sbatch_prints(string output, string? id) => Assert.Equal(id, SlurmJob.ReadSubmitted(output));

    [Fact]
    public void A_request_says_what_the_sweep_asks_for_and_the_users_arguments_come_last()
    {
        var arguments = new SlurmRequest(new ResourceSpec { Gpus = 0.5, MemoryBytes = (8L << 30) + 1, Time = TimeSpan.FromHours(1.5) }).Arguments("n-1-1", "tag", 3, Options);
        Assert.Equal(
            [
                "--parsable", "--job-name=n-1-1", "--comment=tag", "--output=/home/a b/100%%/slurm/tag.out.%a", "--open-mode=append", "--nodes=1", "--ntasks=1", "--cpus-per-task=1",
                "--no-requeue", "--signal=B:TERM@90", "--gres=gpu:1", "--mem=8193M", "--time=90", "--array=0-2", "--partition=main", "--exclusive",
            ], arguments);
        var plain = new SlurmRequest(new ResourceSpec { Cpus = 4 }).Arguments("n-1-1", "tag", 1, Options);
        Assert.Contains("--cpus-per-task=4", plain);
        Assert.DoesNotContain(plain, argument => argument.StartsWith("--gres", StringComparison.Ordinal) || argument.StartsWith("--mem", StringComparison.Ordinal)
            || argument.StartsWith("--time", StringComparison.Ordinal) || argument.StartsWith("--array", StringComparison.Ordinal));
    }

    [Fact]
    public void A_script_begins_once_passes_the_signal_on_and_leaves_the_exit_code_last()
    {
        var options = new AgentOptions { Home = "/it's home", DataDirectory = "/data", HeadUrl = "http://127.0.0.1:1", Worker = "/opt/Sweeps.Worker.dll", Slots = [] };
        var gpu = new ResourceSpec { Gpus = 1 };
        var command = WorkerCommand.For(options, SlurmLauncher.Slots(1)[0].For(gpu)!, "17-2", "/it's home/17-2.json", sweep: "a sweep: 1", resources: gpu);
        Assert.Equal("a-sweep--1-17-2", command.Name);
        var script = SlurmJobScript.OfAttempt(command, "/it's home/17-2.json", new SlurmFiles("/slurm", "17-2"), "/usr/bin/dotnet");
        Assert.Contains("[ -e '/it'\\''s home/17-2.json' ] || exit 0\n(set -C; echo \"$SLURM_JOB_ID\" >'/slurm/17-2.begun') 2>/dev/null || exit 0\n", script);
        Assert.Contains("'/usr/bin/dotnet' '/opt/Sweeps.Worker.dll' '/it'\\''s home/17-2.json' &\nchild=$!\n", script);
        Assert.EndsWith("echo \"$code\" >'/slurm/17-2.exit'.new && mv '/slurm/17-2.exit'.new '/slurm/17-2.exit'\nexit \"$code\"\n", script);
        // The GPU is Slurm's to name, the vectors are the node's, and the agent's token is nobody's.
        Assert.DoesNotContain("export CUDA_VISIBLE_DEVICES", script);
        Assert.DoesNotContain("export OPENBLAS_CORETYPE", script.Split("wide=")[0]);
        Assert.Contains("unset SWEEPS_TOKEN\n", script);
        Assert.Contains("export CUDA_VISIBLE_DEVICES=''\n", SlurmJobScript.OfAttempt(
            WorkerCommand.For(options, SlurmLauncher.Slots(1)[0], "17-2", "/17-2.json"), "/17-2.json", new SlurmFiles("/slurm", "17-2"), "dotnet"));
        Assert.Equal("#!/bin/sh\nexec /bin/sh '/slurm/1.sh'\n", SlurmJobScript.Entry(["/slurm/1.sh"]));
        Assert.Equal("#!/bin/sh\ncase $SLURM_ARRAY_TASK_ID in\n0) exec /bin/sh '/slurm/1.sh' ;;\n1) exec /bin/sh '/slurm/2.sh' ;;\nesac\n", SlurmJobScript.Entry(["/slurm/1.sh", "/slurm/2.sh"]));
    }

    [Theory]
    // What the worker says itself counts, whatever Slurm says.
    [InlineData("TIMEOUT", 10, AttemptOutcome.Stopped, null)]
    [InlineData("FAILED", 12, AttemptOutcome.UserError, "The end of the log.")]
    [InlineData("COMPLETED", 13, AttemptOutcome.OutOfMemory, "The end of the log.")]
    [InlineData("OUT_OF_MEMORY", 137, AttemptOutcome.OutOfMemory, "The end of the log.")]
    [InlineData("OUT_OF_MEMORY", null, AttemptOutcome.OutOfMemory, "The end of the log.")]
    [InlineData("TIMEOUT", 143, AttemptOutcome.Lost, "The end of the log.")]
    [InlineData("TIMEOUT", null, AttemptOutcome.Lost, "The end of the log.")]
    [InlineData("NODE_FAIL", null, AttemptOutcome.Lost, "The end of the log.")]
    [InlineData("PREEMPTED", null, AttemptOutcome.Lost, "The end of the log.")]
    [InlineData("CANCELLED", 137, AttemptOutcome.Lost, "The end of the log.")]
    [InlineData("FAILED", 137, AttemptOutcome.Lost, "The worker was ended by signal 9 (SIGKILL): The end of the log.")]
    [InlineData("FAILED", null, AttemptOutcome.Lost, "The end of the log.")]
    public void Every_way_to_end_has_its_cause(string state, int? exitCode, AttemptOutcome outcome, string? error)
    {
        var ending = SlurmEnding.Of(new SlurmJob("12", state, "node1", "", ""), exitCode);
        var explained = WorkerExit.Explain(new WorkerEnding(new AttemptKey(1, 1), ending.ExitCode, WasAskedToStop: false, "The end of the log."));
        Assert.Equal((outcome, error), (explained.Outcome, explained.Error));
        Assert.Equal(outcome is AttemptOutcome.Lost or AttemptOutcome.OutOfMemory && exitCode is null or > 128 && !(state == "FAILED" && exitCode is not null), ending.Sentence is not null);
    }

    [Fact]
    public void A_job_that_vanished_is_lost_and_one_that_was_to_stop_has_stopped()
    {
        var vanished = SlurmEnding.Vanished("12", null);
        Assert.Equal((WorkerEnding.Evicted, "Slurm does not know job 12 any more."), (vanished.ExitCode, vanished.Sentence));
        Assert.Equal(12, SlurmEnding.Vanished("12", 12).ExitCode);
        Assert.Equal(AttemptOutcome.Stopped, WorkerExit.Explain(new WorkerEnding(new AttemptKey(1, 1), vanished.ExitCode, WasAskedToStop: true, "")).Outcome);
        Assert.Equal(AttemptOutcome.UserError, WorkerExit.Explain(new WorkerEnding(new AttemptKey(1, 1), WorkerEnding.Refused, WasAskedToStop: false, "no")).Outcome);
    }

    [Theory]
    [InlineData("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", true)]
    [InlineData("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", true)]
    [InlineData("sbatch: error: AssocMaxSubmitJobLimit", true)]
    [InlineData("sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", true)]
    [InlineData("sbatch: error: Batch job submission failed: Invalid partition name specified", false)]
    [InlineData("sbatch: error: Batch job submission failed: Requested node configuration is not available", false)]
    public void What_passes_by_itself_is_told_from_what_does_not(string error, bool passes) => Assert.Equal(passes, new SlurmAnswer(1, "", error).IsPassing);

    [Fact]
    public void A_batch_system_has_room_for_whatever_is_asked_for_as_many_jobs_as_there_are_slots()
    {
        var room = new MachineRoom(SlurmLauncher.Slots(2).Select(slot => SlotRoom.Of(slot)));
        foreach (var needs in new[] { new ResourceSpec { Gpus = 4, MemoryBytes = 1L << 40 }, new ResourceSpec { Cpus = 64 } })
        {
            var placement = room.Find(needs)!;
            Assert.Equal((1, 1, needs.Cpus ?? 1), (placement.Slots.Count, placement.Share, placement.Threads));
            room.Take(placement);
        }
        Assert.Null(room.Find(new ResourceSpec()));
    }

    [Fact]
    public void What_a_sweep_asks_for_decides_which_earlier_stages_are_the_same()
    {
        var slot = SlurmLauncher.Slots(1)[0] with { Processor = "Xeon", GpuName = "H200" };
        Assert.Equal("cpu Xeon, threads 1", slot.For(new ResourceSpec())!.DeviceFor("auto"));
        Assert.Equal("cpu Xeon, threads 4", slot.For(new ResourceSpec { Cpus = 4 })!.DeviceFor("auto"));
        Assert.Equal("gpu H200", slot.For(new ResourceSpec { Gpus = 1 })!.DeviceFor("auto"));
    }

    [Fact]
    public void Needs_travel_with_an_order()
    {
        var needs = new ResourceSpec { Gpus = 0.5, MemoryBytes = 3, Time = TimeSpan.FromMinutes(90) };
        Assert.Equal(needs, ResourceText.Read(ResourceText.Write(needs)));
        Assert.Null(ResourceText.Write(new ResourceSpec()));
        Assert.Equal(new ResourceSpec(), ResourceText.Read(null));
    }
}
