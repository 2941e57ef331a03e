using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Core.Gpt;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps parameters [NAME]</c>: what the built-in trainer's parameters mean, and their defaults.</summary>
internal static class ParametersCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { HelpName = "NAME", Arity = ArgumentArity.ZeroOrOne, Description = "One of them, with its range and other names; all without it" };
        name.Validators.Add(Known);
        var json = new Option<bool>("--json") { Description = "Print them as JSON" };
        var command = new Command("parameters", "Say what the built-in trainer's parameters mean, and their defaults") { name, json };
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetValue(name);
            var shown = chosen is null ? GptParameters.All : [GptParameters.Find(chosen)!];
            if (parsed.GetValue(json)) Console.WriteLine(AsJson(shown));
            else if (chosen is null) PrintAll();
            else Print(shown[0]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Known(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: var name }] && GptParameters.Find(name) is null) result.AddError(GptParameters.UnknownName(name));
    }

    private static void PrintAll()
    {
        foreach (var group in GptParameters.All.GroupBy(parameter => parameter.Group))
        {
            var table = new Table { Border = TableBorder.Simple };
            table.AddColumn(group.Key).AddColumn("default").AddColumn("");
            foreach (var parameter in group) table.AddRow(new Text(parameter.Name), new Text(parameter.Default), new Text(parameter.Doc));
            Terminal.Out.Write(table);
        }
    }

    private static void Print(GptParameter parameter)
    {
        Console.WriteLine($"{parameter.Name}: {parameter.Doc}.");
        Console.WriteLine($"Allowed: {parameter.Allowed}");
        Console.WriteLine($"Default: {parameter.Default}");
        if (parameter.Synonyms.Count > 0) Console.WriteLine($"Others call it {string.Join(", ", parameter.Synonyms)}");
    }

    private static string AsJson(IEnumerable<GptParameter> parameters) => JsonSerializer.Serialize(parameters.Select(parameter => new
    {
        parameter.Name, parameter.Group, parameter.Allowed, parameter.Default, parameter.Doc, parameter.Synonyms,
    }), Json.Indented);
}
