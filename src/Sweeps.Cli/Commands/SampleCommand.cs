using System.CommandLine;
using System.Text.Json;
using Sweeps.Core;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps sample CHECKPOINT|SWEEP</c>: lets a trained model write.</summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var prompt = new Option<string?>("--prompt") { Description = "Text to continue (default: a line end, or of a task a question)", HelpName = "TEXT" };
        var method = DecodingArguments.Method<string?>("How tokens are found (default: base)");
        var count = DecodingArguments.Whole("--count", 1, "Texts to write", 1);
        var command = new Command("sample", "Let a trained model write text") { prompt, method, count };
        var arguments = new DecodingArguments(command, defaultTemperature: 1);
        command.SetAction(async (parsed, _) =>
        {
            var (home, request) = await arguments.ReadAsync(parsed, parsed.GetValue(method) ?? "base");
            request = request with { Prompt = parsed.GetValue(prompt), Count = parsed.GetValue(count)!.Value };
            return await WorkerTool.RunAsync(home, "sample", JsonSerializer.Serialize(request, Json.Options));
        });
        return command;
    }
}
