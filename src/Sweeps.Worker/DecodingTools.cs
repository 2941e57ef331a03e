using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training;
using Sweeps.Training.Checkpoints;
using Sweeps.Training.Data;
using Sweeps.Training.Decoding;
using TorchSharp;

namespace Sweeps.Worker;

/// <summary>The tools that decode with a checkpoint: <c>sample REQUEST</c> and <c>bench-decode REQUEST</c>, the request being a <see cref="DecodingRequest"/> as JSON.</summary>
public static class DecodingTools
{
    /// <summary>Prints texts that a model writes.</summary>
    /// <exception cref="TrainingException">The request cannot be served; the message is one sentence.</exception>
    public static void Sample(string[] arguments)
    {
        var request = Read(arguments);
        using var model = Opened.From(request);
        var (prompt, tokens) = Prompt(request, model);
        var decoded = Decoder.Decode(model.Model, [.. Enumerable.Repeat(prompt, request.Count)], tokens, Options(request, model) with { Method = request.Methods.SingleOrDefault() });
        for (var b = 0; b < request.Count; b++)
        {
            if (b > 0) Console.WriteLine("---------------");
            Console.WriteLine(model.Data.Decode(decoded.Tokens[b]));
        }
        var drafted = decoded.Drafted == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {decoded.AcceptedPerRound:0.00} drafted tokens stayed of a round");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{decoded.NewTokens} tokens, {decoded.TokensPerSecond:0} a second{drafted}"));
    }

    /// <summary>Prints how fast the methods decode the continuations of validation texts.</summary>
    /// <exception cref="TrainingException">The request cannot be served; the message is one sentence.</exception>
    public static void BenchDecode(string[] arguments)
    {
        var request = Read(arguments);
        using var model = Opened.From(request);
        var prompts = DecodingPrompts.From(model.Data, model.Run.Options.Context, request.Count, request.Tokens);
        var methods = request.Methods.Count > 0 ? request.Methods : [.. Enum.GetValues<DecodingMethod>().Where(model.Allows)];
        var speeds = DecodingBenchmark.Measure(model.Model, prompts, methods, Options(request, model), request.Batch, request.Repetitions);
        if (request.IsJson) Console.WriteLine(JsonSerializer.Serialize(speeds, Json.Indented));
        else Print(speeds);
    }

    private static DecodingRequest Read(string[] arguments) => JsonSerializer.Deserialize<DecodingRequest>(arguments[0], Json.Options)!;

    private static DecodingOptions Options(DecodingRequest request, Opened model) => new()
    {
        Sampling = new SamplingOptions { Temperature = request.Temperature, TopK = request.TopK, TopP = request.TopP },
        Gamma = request.Gamma, Lenience = request.Lenience, Draft = model.Draft, ExitLayer = request.ExitLayer, TreeNodes = request.TreeNodes, Seed = request.Seed,
    };

    private static (IReadOnlyList<long> Prompt, int Tokens) Prompt(DecodingRequest request, Opened model)
    {
        if (request.Prompt is { } text)
        {
            if (text.Length == 0) throw new TrainingException("The prompt is empty; leave it out for the default one.");
            return (model.Data.Encode(text), request.Tokens ?? DecodingPrompts.TokensOfText);
        }
        var usual = DecodingPrompts.Usual(model.Data, model.Run.Options.Context, 1, request.Tokens);
        return (usual.Texts[0], usual.NewTokens);
    }

    private static void Print(IReadOnlyList<DecodingSpeed> speeds)
    {
        string[][] rows =
        [
            ["method", "tokens/s", "accepted/round", "speed-up", "same as base"],
            .. speeds.Select(speed => new[]
            {
                speed.Method.Name(), speed.TokensPerSecond.ToString("0", CultureInfo.InvariantCulture), speed.AcceptedPerRound.ToString("0.00", CultureInfo.InvariantCulture),
                speed.SpeedUp.ToString("0.00", CultureInfo.InvariantCulture), speed.SameAsBase ? "yes" : "no",
            }),
        ];
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
    }

    /// <summary>The models and the data of a request.</summary>
    private sealed class Opened : IDisposable
    {
        public required CheckpointDescription Run { get; init; }

        public required Gpt Model { get; init; }

        public required Gpt? Draft { get; init; }

        public required IDataSet Data { get; init; }

        public static Opened From(DecodingRequest request)
        {
            var run = Checkpoint.Describe(request.Checkpoint);
            var directory = Environment.GetEnvironmentVariable("SWEEPS_DATA") ?? ".";
            var data = DraftCheckpoint.OpenData(request.Checkpoint, directory);
            if (request.Draft is { } draft) DraftCheckpoint.Check(draft, data, directory);
            return new Opened { Run = run, Model = LoadModel(request.Checkpoint), Draft = request.Draft is { } path ? LoadModel(path) : null, Data = data };
        }

        public bool Allows(DecodingMethod method) => method switch
        {
            DecodingMethod.Base => true,
            DecodingMethod.Draft => Draft is not null,
            DecodingMethod.EarlyExit => Model.TrunkLayers > 1,
            DecodingMethod.Prophet => Run.Options.Heads > 1 && Run.Options.HeadKind == HeadKind.Deepseek,
            _ => Run.Options.Heads > 1 && Run.Options.HeadKind is not (HeadKind.Deepseek or HeadKind.Shared),
        };

        public void Dispose()
        {
            Model.Dispose();
            Draft?.Dispose();
            Data.Dispose();
        }

        // On the GPU that the worker sees, if any, wherever it was trained.
        private static Gpt LoadModel(string path) => Checkpoint.LoadModel(path).to(Devices.Of("auto"));
    }
}
