using System.CommandLine;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps export CHECKPOINT|SWEEP</c>: writes weights that other programs read.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var checkpoint = new CheckpointArgument();
        var format = new Option<string>("--format") { Description = "Whose names and layout: nanogpt (nanoGPT's state dictionary) or gpt2 (Hugging Face's)", Required = true };
        format.AcceptOnlyFromAmong("nanogpt", "gpt2");
        var output = new Option<FileInfo>("--out", "-o")
        {
            Description = "The file to write (default: model.safetensors)", HelpName = "FILE", DefaultValueFactory = _ => new FileInfo("model.safetensors"),
        };
        var home = Home.CreateOption();
        var command = new Command("export", "Write a checkpoint's weights as nanoGPT or GPT-2 would, as a safetensors file") { format, output, home };
        checkpoint.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed.GetValue(home));
            var file = parsed.GetRequiredValue(output).FullName;
            if (File.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"{file} exists; name another file with --out, or remove it.");
            if (Directory.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"{file} is a directory; name a file with --out.");
            if (!Directory.Exists(Path.GetDirectoryName(file))) throw new CommandFailure(ExitCode.Storage, $"there is no directory {Path.GetDirectoryName(file)} for the file.");
            return await WorkerTool.RunAsync(place, "export", await checkpoint.ResolveAsync(parsed, place), parsed.GetRequiredValue(format), file);
        });
        return command;
    }
}
