using System.Globalization;
using System.Text;
using Sweeps.Core.Protocol;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>The shell scripts of jobs.</summary>
public static class SlurmJobScript
{
    /// <summary>What Slurm copies and starts: one line that begins the script of the attempt, of an array by the number of the task.</summary>
    /// <param name="scripts">Files with <see cref="OfAttempt"/>.</param>
    public static string Entry(IReadOnlyList<string> scripts)
    {
        if (scripts is [var only]) return $"#!/bin/sh\nexec /bin/sh {Quoted(only)}\n";
        var text = new StringBuilder("#!/bin/sh\ncase $SLURM_ARRAY_TASK_ID in\n");
        foreach (var (index, script) in scripts.Index()) text.Append(CultureInfo.InvariantCulture, $"{index}) exec /bin/sh {Quoted(script)} ;;\n");
        return text.Append("esac\n").ToString();
    }

    /// <summary>
    /// The script of an attempt. It begins once at most, whatever was submitted twice; passes SIGTERM on to the worker, which writes its checkpoint;
    /// and leaves the worker's exit code as the last thing that it does.
    /// </summary>
    /// <param name="command">The worker.</param>
    /// <param name="assignmentFile">Without it the attempt is not to begin any more.</param>
    /// <param name="files">Where it leaves what.</param>
    /// <param name="dotnet">The program for a worker that is a <c>.dll</c>.</param>
    public static string OfAttempt(WorkerCommand command, string assignmentFile, SlurmFiles files, string dotnet)
    {
        var hasGpu = command.Resources?.Gpus is not null;
        var script = new StringBuilder();
        script.Append(CultureInfo.InvariantCulture, $"""
            # {command.Name}
            exec </dev/null >>{Quoted(command.LogFile)} 2>&1
            [ -e {Quoted(assignmentFile)} ] || exit 0
            (set -C; echo "$SLURM_JOB_ID" >{Quoted(files.Begun)}) 2>/dev/null || exit 0

            """);
        foreach (var (name, value) in command.Environment)
        {
            // Which GPU it is, Slurm has said; which vectors the processor has, the node knows.
            if ((hasGpu && name == "CUDA_VISIBLE_DEVICES") || WorkerCommand.WideVectors.ContainsKey(name)) continue;
            script.Append(value is null ? $"unset {name}\n" : $"export {name}={Quoted(value)}\n");
        }
        script.Append("flags=\" $(sed -n 's/^flags[^:]*: *//p' /proc/cpuinfo | head -n 1) \"\n");
        script.Append(CultureInfo.InvariantCulture, $"wide=yes; for one in {string.Join(' ', WorkerCommand.WideVectorFlags)}; do case $flags in *\" $one \"*) ;; *) wide= ;; esac; done\n");
        script.Append(CultureInfo.InvariantCulture, $"[ -z \"$wide\" ] || export {string.Join(' ', WorkerCommand.WideVectors.Select(pair => $"{pair.Key}={Quoted(pair.Value)}"))}\n");
        script.Append(CultureInfo.InvariantCulture, $"export {Assignment.ProcessorVariable}=\"$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)\"\n");
        script.Append(hasGpu ? $"export {Assignment.GpuVariable}=\"$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)\"\n" : $"unset {Assignment.GpuVariable}\n");
        script.Append(CultureInfo.InvariantCulture, $$"""
            [ -n "${{Assignment.ProcessorVariable}}" ] || export {{Assignment.ProcessorVariable}}="$(uname -m)"
            printf '%s\n%s\n' "${{Assignment.ProcessorVariable}}" "${{Assignment.GpuVariable}}" >{{Quoted(files.Device)}}.$$ && mv {{Quoted(files.Device)}}.$$ {{Quoted(files.Device)}}
            child= asked= code=
            trap 'asked=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
            {{string.Join(' ', command.Arguments.Prepend(command.FileName == "dotnet" ? dotnet : command.FileName).Select(Quoted))}} &
            child=$!
            [ -z "$asked" ] || kill -TERM "$child"
            # A signal ends "wait" before the worker has ended; after the last one, it knows nothing of the worker any more (127).
            while :; do
                asked=
                wait "$child"; now=$?
                [ $now = 127 ] && [ -n "$code" ] || code=$now
                [ -n "$asked" ] || break
            done
            echo "$code" >{{Quoted(files.Exit)}}.new && mv {{Quoted(files.Exit)}}.new {{Quoted(files.Exit)}}
            exit "$code"

            """);
        return script.ToString();
    }

    /// <summary>A word as the shell takes it, whatever is in it.</summary>
    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
