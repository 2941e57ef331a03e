using System.CommandLine;
using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;

namespace Sweeps.Cli;

/// <summary>What the commands that decode have in common: a checkpoint, and how tokens are drafted and chosen.</summary>
internal sealed class DecodingArguments
{
    private readonly CheckpointArgument checkpoint = new();
    private readonly Option<DirectoryInfo?> home = Home.CreateOption();
    private readonly Option<string?> draft = new("--draft") { Description = "The checkpoint or sweep whose model drafts, for method draft", HelpName = "CHECKPOINT|SWEEP" };
    private readonly Option<int?> tokens = Whole("--tokens", 1, "Tokens to add to each text", null);
    private readonly Option<double> temperature;
    private readonly Option<int?> topK = Whole("--top-k", 1, "Choose among the K likeliest tokens only", null, "K");
    private readonly Option<double> topP = Number("--top-p", value => value is > 0 and <= 1, "above 0 and at most 1", "Choose among the likeliest tokens that together have this probability", 1);
    private readonly Option<int?> gamma = Whole("--gamma", 1, "Most tokens that draft and early_exit draft in a round", 5);
    private readonly Option<double> lenience = Number("--lenience", value => value > 0, "above 0", "Accepts a drafted token with p / (lenience * q); 1 keeps the model's distribution", 1);
    private readonly Option<int?> exitLayer = Whole("--exit-layer", 1, "Layers that draft in early_exit (default: half of them)", null);
    private readonly Option<int?> treeNodes = Whole("--tree-nodes", 1, "Nodes of the tree of method tree", 12);
    private readonly Option<int?> samplingSeed = Whole("--sampling-seed", 0, "Seed of the random numbers", 1);

    /// <summary>Adds all of it to a command.</summary>
    public DecodingArguments(Command command, double defaultTemperature)
    {
        temperature = Number("--temperature", value => value >= 0, "from 0 on", "What logits are divided by; 0 always takes the likeliest token", defaultTemperature);
        checkpoint.AddTo(command);
        foreach (var option in new Option[] { draft, tokens, temperature, topK, topP, gamma, lenience, exitLayer, treeNodes, samplingSeed, home }) command.Options.Add(option);
    }

    /// <summary>The option for a method, which may be given again where several are wanted.</summary>
    public static Option<T> Method<T>(string description)
    {
        var option = new Option<T>("--method") { Description = $"{description}; {string.Join(", ", DecodingMethodNames.All)}", HelpName = "METHOD" };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !DecodingMethodNames.All.Contains(token.Value)))
                result.AddError($"--method is {string.Join(", ", DecodingMethodNames.All)}, not {token.Value}.");
        });
        return option;
    }

    /// <summary>A whole number from a minimum on.</summary>
    public static Option<int?> Whole(string name, int minimum, string description, int? value, string unit = "N")
    {
        var option = new Option<int?>(name) { Description = description, HelpName = unit };
        if (value is not null) option.DefaultValueFactory = _ => value;
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum))
                result.AddError($"{name} is a whole number from {minimum} on, not {token.Value}.");
        });
        return option;
    }

    /// <summary>The home and the request of a command line, with full paths.</summary>
    /// <exception cref="CommandFailure">There is no such checkpoint.</exception>
    public async Task<(Home Home, DecodingRequest Request)> ReadAsync(ParseResult parsed, params string[] methods)
    {
        var place = Home.Of(parsed, home);
        return (place, new DecodingRequest
        {
            Checkpoint = await checkpoint.ResolveAsync(parsed, place),
            Draft = parsed.GetValue(draft) is { } given ? await CheckpointArgument.ResolveAsync(given, place) : null,
            Methods = [.. methods.Select(DecodingMethodNames.Parse)],
            Tokens = parsed.GetValue(tokens), Temperature = parsed.GetValue(temperature), TopK = parsed.GetValue(topK) ?? 0, TopP = parsed.GetValue(topP),
            Gamma = parsed.GetValue(gamma)!.Value, Lenience = parsed.GetValue(lenience), ExitLayer = parsed.GetValue(exitLayer),
            TreeNodes = parsed.GetValue(treeNodes)!.Value, Seed = parsed.GetValue(samplingSeed)!.Value,
        });
    }

    private static Option<double> Number(string name, Func<double, bool> isAllowed, string allowed, string description, double value)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "X", DefaultValueFactory = _ => value };
        option.CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && isAllowed(number)) return number;
            result.AddError($"{name} is a number {allowed}, not {result.Tokens[0].Value}.");
            return value;
        };
        return option;
    }
}
