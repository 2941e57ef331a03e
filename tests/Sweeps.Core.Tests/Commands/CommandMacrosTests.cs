using Sweeps.Core.Commands;

namespace Sweeps.Core.Tests.Commands;

public sealed class CommandMacrosTests
{
    private static readonly Dictionary<string, ParameterValue> Parameters = new()
    {
        ["learning_rate"] = ParameterValue.Of(1e-5),
        ["bias"] = ParameterValue.Of(false),
        ["compile"] = ParameterValue.Of(true),
        ["name"] = ParameterValue.Of("two words"),
        ["betas"] = ParameterValue.Of([ParameterValue.Of(0.9), ParameterValue.Of(0.95)]),
        ["resume"] = ParameterValue.Null,
        ["model.width"] = ParameterValue.Of(64),
        ["model.head.kind"] = ParameterValue.Of("causal"),
        ["data.set"] = ParameterValue.Of("x"),
    };

    [Theory]
    [InlineData("${env}", "/usr/bin/env")]
    [InlineData("${interpreter}", "python3")]
    [InlineData("${program}", "train.py")]
    [InlineData("${args}", "--betas=[0.9, 0.95]|--bias=False|--compile=True|--data.set=x|--learning_rate=1e-05|--model={'head': {'kind': 'causal'}, 'width': 64}|--name=two words|--resume=None")]
    [InlineData("${args_no_equals}", "--betas|[0.9, 0.95]|--bias|False|--compile|True|--data.set|x|--learning_rate|1e-05|--model|{'head': {'kind': 'causal'}, 'width': 64}|--name|two words|--resume|None")]
    [InlineData("${args_no_hyphens}", "betas=[0.9, 0.95]|bias=False|compile=True|data.set=x|learning_rate=1e-05|model={'head': {'kind': 'causal'}, 'width': 64}|name=two words|resume=None")]
    [InlineData("${args_append_hydra}", "+betas=[0.9, 0.95]|+bias=False|+compile=True|+data.set=x|+learning_rate=1e-05|+model={'head': {'kind': 'causal'}, 'width': 64}|+name=two words|+resume=None")]
    [InlineData("${args_override_hydra}", "++betas=[0.9, 0.95]|++bias=False|++compile=True|++data.set=x|++learning_rate=1e-05|++model={'head': {'kind': 'causal'}, 'width': 64}|++name=two words|++resume=None")]
    [InlineData("${args_no_boolean_flags}", "--betas=[0.9, 0.95]|--compile|--data.set=x|--learning_rate=1e-05|--model={'head': {'kind': 'causal'}, 'width': 64}|--name=two words|--resume=None")]
    [InlineData("${args_json}", "{\"betas\": [0.9, 0.95], \"bias\": false, \"compile\": true, \"data.set\": \"x\", \"learning_rate\": 1e-05, \"model\": {\"head\": {\"kind\": \"causal\"}, \"width\": 64}, \"name\": \"two words\", \"resume\": null}")]
    [InlineData("${args_json_file}", "/tmp/parameters.json")]
    [InlineData("${envvar:HOME}", "/root")]
    [InlineData("--seed=${envvar:SEED}/${envvar:HOME}", "--seed=7//root")]
    [InlineData("--epochs=3", "--epochs=3")]
    [InlineData("cd ${HOME} && ls $PWD ${unclosed", "cd ${HOME} && ls $PWD ${unclosed")]
    public void Each_macro_becomes_its_arguments(string macro, string expected) =>
        Assert.Equal(["run", .. expected.Split('|')], Expand("run", macro));

    [Fact]
    public void The_usual_command_is_python_with_the_parameters() =>
        Assert.Equal(["/usr/bin/env", "python3", "train.py", "--width=64"], CommandMacros.Expand(
            new CommandSpec { Program = "train.py" }, new Dictionary<string, ParameterValue> { ["width"] = ParameterValue.Of(64) }, "", _ => null));

    [Fact]
    public void Without_parameters_the_macros_of_parameters_vanish()
    {
        foreach (var macro in new[] { "${args}", "${args_no_equals}", "${args_no_hyphens}", "${args_append_hydra}", "${args_override_hydra}", "${args_no_boolean_flags}" })
            Assert.Equal(["run"], CommandMacros.Expand(new CommandSpec { Arguments = ["run", macro] }, new Dictionary<string, ParameterValue>(), "", _ => null));
        Assert.Equal(["run", "{}"], CommandMacros.Expand(new CommandSpec { Arguments = ["run", "${args_json}"] }, new Dictionary<string, ParameterValue>(), "", _ => null));
    }

    [Fact]
    public void A_variable_that_is_not_set_is_named()
    {
        var exception = Assert.Throws<CommandException>(() => Expand("run", "--out=${envvar:NOWHERE}"));
        Assert.Contains("the variable NOWHERE", exception.Message);
    }

    [Theory]
    [InlineData("${args}")]
    [InlineData("")]
    public void A_command_that_starts_nothing_is_refused(string first) =>
        Assert.Throws<CommandException>(() => CommandMacros.Expand(new CommandSpec { Arguments = [first] }, new Dictionary<string, ParameterValue>(), "", _ => null));

    [Fact]
    public void Every_macro_is_known_and_nothing_is_wrong_with_it() =>
        Assert.All(CommandMacros.All, macro => Assert.Null(CommandMacros.Problem(macro.Replace("NAME", "HOME", StringComparison.Ordinal), hasProgram: true)));

    [Theory]
    [InlineData("${arg}", "there is no macro ${arg}; did you mean ${args}?")]
    [InlineData("${args_jsonfile}", "did you mean ${args_json_file}?")]
    [InlineData("${interpretor}", "did you mean ${interpreter}?")]
    [InlineData("--config=${args_no_hyphen}", "did you mean ${args_no_hyphens}?")]
    [InlineData("${nothing_like_it}", "there is no macro ${nothing_like_it}; there are ${env}, ${interpreter},")]
    [InlineData("${}", "there is no macro ${}")]
    [InlineData("--x ${args}", "${args} is an argument of its own, not a part of one")]
    [InlineData("${envvar:}", "${envvar:} names no variable")]
    [InlineData("a${envvar:MY-VAR}", "${envvar:MY-VAR} names no variable")]
    [InlineData("${program}", "${program} needs the program; add program: FILE")]
    public void What_is_no_macro_is_refused_with_what_was_meant(string argument, string expected) =>
        Assert.Contains(expected, CommandMacros.Problem(argument, hasProgram: false));

    [Theory]
    [InlineData("cd ${HOME} && make")]
    [InlineData("$5")]
    [InlineData("--epochs=3")]
    [InlineData("")]
    public void Other_text_is_the_shells_affair(string argument) => Assert.Null(CommandMacros.Problem(argument, hasProgram: false));

    private static IReadOnlyList<string> Expand(params string[] arguments) => CommandMacros.Expand(
        new CommandSpec { Program = "train.py", Arguments = arguments, Groups = ["model", "model.head"] }, Parameters, "/tmp/parameters.json",
        name => name switch { "HOME" => "/root", "SEED" => "7", _ => null });
}
