using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Sweeps.Cli.Commands;
using Sweeps.Core.SweepFiles;
using Sweeps.Head;
using Sweeps.Orchestration.Agents;
using Sweeps.Results;

namespace Sweeps.Cli;

/// <summary>The commands, and what becomes of their errors.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line; errors end as a sentence on standard error and an exit code, never as a stack trace.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Experiments on training language models: sweep files in, trained models, charts and a verdict out.")
        {
            CheckCommand.Create(), PlanCommand.Create(), ParametersCommand.Create(), RunCommand.Create(), ExtendCommand.Create(), ServeCommand.Create(), AgentCommand.Create(), SubmitCommand.Create(), WatchCommand.Create(),
            ControlCommand.Create(SweepCommand.Pause), ControlCommand.Create(SweepCommand.Resume), ControlCommand.Create(SweepCommand.Stop), ControlCommand.Create(SweepCommand.Cancel),
            MachinesCommand.Create(), NightlyCommand.Create(), ListCommand.Create(), ShowCommand.Create(), VerdictCommand.Create(), CompareCommand.Create(), ReportCommand.Create(), ImportCommand.Create(), ExportCommand.Create(),
            SampleCommand.Create(), BenchDecodeCommand.Create(),
            TokenCommand.Create(),
            DoctorCommand.Create(),
            Home.DatabaseOption,
        };
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors.DistinctBy(error => error.Message)) await Console.Error.WriteLineAsync($"sweeps: {error.Message}");
            await Console.Error.WriteLineAsync($"sweeps: see `{CommandPath(parsed)} --help`.");
            return ExitCode.Usage;
        }
        try
        {
            // Commands that take time handle Ctrl-C themselves.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            return await ExplainAsync(exception);
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = result.Parent) names.Push(command.Command.Name);
        return string.Join(' ', names.Prepend("sweeps"));
    }

    private static async Task<int> ExplainAsync(Exception exception)
    {
        switch (exception)
        {
            case AggregateException { InnerExceptions: [var only] }:
                return await ExplainAsync(only);
            case CommandFailure failure:
                return await SayAsync(failure.Message, failure.ExitCode);
            case SweepFileException file:
                foreach (var error in file.Errors) await Console.Error.WriteLineAsync(error.ToString());
                return ExitCode.BadInput;
            case ResultsException results:
                return await SayAsync(results.Message, results.Failure switch
                {
                    ResultsFailure.DiskFull or ResultsFailure.Inaccessible => ExitCode.Storage,
                    ResultsFailure.Refused => ExitCode.BadInput,
                    _ => ExitCode.Database,
                });
            case AgentException agent:
                return await SayAsync(agent.Message, ExitCode.Head);
            case IOException or UnauthorizedAccessException:
                return await SayAsync(exception.Message, ExitCode.Storage);
            default:
                return await SayAsync($"this is an error in sweeps itself: {exception.GetType().Name}: {exception.Message}", ExitCode.Internal);
        }
    }

    private static async Task<int> SayAsync(string message, int exitCode)
    {
        await Console.Error.WriteLineAsync($"sweeps: {message}");
        return exitCode;
    }
}
