using System.CommandLine;
using System.Globalization;
using Sweeps.Cli.Output;
using Sweeps.Results.Exports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps export CHECKPOINT|SWEEP</c>: writes weights, or a sweep's results, for other programs.</summary>
internal static class ExportCommand
{
    private const string AsItIs = "checkpoint";

    private static readonly string[] Weights = ["nanogpt", "gpt2"];

    public static Command Create()
    {
        var checkpoint = new CheckpointArgument();
        var format = new Option<string>("--format")
        {
            Description = "A copy of the checkpoint itself (checkpoint); its weights with the names and layout of nanogpt (nanoGPT's state dictionary) or gpt2 (Hugging Face's); or all results of a sweep as csv (a row for each "
                + "metric point), json or sqlite (a database of its own)",
            Required = true,
        };
        format.AcceptOnlyFromAmong([AsItIs, .. Weights, .. Enum.GetNames<ExportFormat>().Select(name => name.ToLowerInvariant())]);
        var output = new Option<FileInfo?>("--out", "-o") { Description = "The file to write (default: model.safetensors; of results NAME-ID.FORMAT)", HelpName = "FILE" };
        var home = Home.CreateOption();
        var command = new Command("export", "Write a checkpoint's weights or a sweep's results for other programs") { format, output, home };
        checkpoint.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var chosen = parsed.GetRequiredValue(format);
            if (chosen == AsItIs)
            {
                var copy = NewFile(parsed.GetValue(output), "checkpoint.safetensors");
                return Copy(await checkpoint.ResolveAsync(parsed, place), WithDirectory(copy));
            }
            if (Weights.Contains(chosen))
            {
                var model = NewFile(parsed.GetValue(output), "model.safetensors");
                return await WorkerTool.RunAsync(place, "export", await checkpoint.ResolveAsync(parsed, place), chosen, WithDirectory(model));
            }
            if (parsed.GetResult(checkpoint.Configuration) is not null || parsed.GetResult(checkpoint.Seed) is not null)
                throw new CommandFailure(ExitCode.Usage, $"--configuration and --seed choose weights: --format {chosen} has all runs of the sweep.");
            var queries = await ResultsQueries.OpenAsync(place.Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(checkpoint.Checkpoint));
            var file = NewFile(parsed.GetValue(output), $"{sweep.FileName()}.{chosen}");
            using var interrupt = new Interrupt();
            try
            {
                await SweepExport.SaveAsync(queries, sweep.Id, Enum.Parse<ExportFormat>(chosen, ignoreCase: true), WithDirectory(file), interrupt.Token);
            }
            catch (OperationCanceledException)
            {
                throw new CommandFailure(ExitCode.Stopped, $"{file} was not written.");
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {file} ({new FileInfo(file).Length / (double)(1 << 20):0.0} MiB) with the results of {sweep.Name} ({sweep.Id})."));
            return ExitCode.Ok;
        });
        return command;
    }

    private static int Copy(string checkpoint, string copy)
    {
        try
        {
            File.Copy(checkpoint, copy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(copy);
            throw new CommandFailure(ExitCode.Storage, $"{copy} cannot be written: {exception.Message}");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {copy} ({new FileInfo(copy).Length / (double)(1 << 20):0.0} MiB), a copy of {checkpoint}."));
        return ExitCode.Ok;
    }

    /// <summary>The full path of a file that is not there yet.</summary>
    private static string NewFile(FileInfo? chosen, string name)
    {
        var file = chosen?.FullName ?? Path.GetFullPath(name);
        if (File.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"{file} exists; name another file with --out, or remove it.");
        if (Directory.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"{file} is a directory; name a file with --out.");
        return file;
    }

    /// <summary>The same file, with the directory that it is to lie in.</summary>
    private static string WithDirectory(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Storage, $"the directory {Path.GetDirectoryName(file)} cannot be made: {exception.Message}");
        }
        return file;
    }
}
