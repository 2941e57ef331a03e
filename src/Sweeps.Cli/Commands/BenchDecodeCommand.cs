using System.CommandLine;
using System.Text.Json;
using Sweeps.Core;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps bench-decode CHECKPOINT|SWEEP</c>: measures the methods of decoding on a trained model.</summary>
internal static class BenchDecodeCommand
{
    public static Command Create()
    {
        var method = DecodingArguments.Method<string[]>("A method to compare with base; may be repeated (default: all that the model allows)");
        var prompts = DecodingArguments.Whole("--prompts", 1, "Validation texts to continue", 16);
        var batch = DecodingArguments.Whole("--batch", 1, "Texts to decode at a time", 1);
        var repetitions = DecodingArguments.Whole("--repetitions", 1, "Timed runs of each method, in turns; the median counts", 5);
        var json = new Option<bool>("--json") { Description = "Print the table as JSON" };
        var command = new Command("bench-decode", "Measure how fast a trained model decodes, by each method") { method, prompts, batch, repetitions, json };
        var arguments = new DecodingArguments(command, defaultTemperature: 0);
        command.SetAction(async (parsed, _) =>
        {
            var (home, request) = await arguments.ReadAsync(parsed, parsed.GetValue(method) ?? []);
            request = request with
            {
                Count = parsed.GetValue(prompts)!.Value, Batch = parsed.GetValue(batch)!.Value, Repetitions = parsed.GetValue(repetitions)!.Value, IsJson = parsed.GetValue(json),
            };
            return await WorkerTool.RunAsync(home, "bench-decode", JsonSerializer.Serialize(request, Json.Options));
        });
        return command;
    }
}
