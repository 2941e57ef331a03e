using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

/// <summary>Sweep files of programs that are not the built-in trainer.</summary>
public sealed class CommandFileTests
{
    private const string Rest = "\nmethod: grid\nparameters: {lr: {values: [0.1, 0.2]}}\n";

    [Fact]
    public void A_program_alone_is_started_by_python_with_its_parameters()
    {
        var spec = Parse("program: train.py" + Rest);
        Assert.Equal(("train.py", "train.py"), (spec.Program, spec.Command!.Program));
        Assert.Equal(["${env}", "${interpreter}", "${program}", "${args}"], spec.Command.Arguments);
        Assert.Equal((false, ""), (spec.Command.NeedsMetric, spec.Command.Directory));
        Assert.Equal("/here", spec.In("/here").Command!.Directory);
    }

    [Theory]
    [InlineData("command: [./train.sh, '${args}']", "./train.sh")]
    [InlineData("command: ['${env}', make, 5, true]", "make")]
    [InlineData("command: ['${env}', '${args}']", "command")]
    public void A_command_needs_no_program(string line, string name) => Assert.Equal((name, null), (Parse(line + Rest).Program, Parse(line + Rest).Command!.Program));

    [Fact]
    public void The_built_in_trainer_has_no_command()
    {
        const string Gpt = "method: grid\nparameters: {heads: {value: 1}}\n";
        foreach (var file in new[] { Gpt, "program: gpt\n" + Gpt })
        {
            Assert.Equal(("gpt", null), (Parse(file).Program, Parse(file).Command));
            Assert.Same(Parse(file).In("/here").Command, null);
        }
    }

    [Fact]
    public void Parameters_have_any_name_type_and_nesting()
    {
        var spec = Parse("""
            program: train.py
            method: grid
            parameters:
              heads: {values: [many, 2.5]}
              layers: {values: [[1, [2, 3]], [4]]}
              options: {value: {deep: {list: [1, x]}, on: yes}}
              data.path: {value: ~}
              optimizer:
                parameters:
                  name: {value: adam}
                  schedule: {parameters: {warmup: {value: 5}}}
            """);
        Assert.Equal(4, spec.Space.Count);
        Assert.Equal(["optimizer", "optimizer.schedule"], spec.Command!.Groups);
        Assert.Equal("""
            {"data.path":null,"heads":"many","layers":[1,[2,3]],"optimizer.name":"adam","optimizer.schedule.warmup":5,"options":{"deep":{"list":[1,"x"]},"on":true}}
            """, SweepPlan.Of(spec).Configurations[0].CanonicalJson);
        Assert.Equal("--data.path=None|--heads=many|--layers=[1, [2, 3]]|--optimizer={'name': 'adam', 'schedule': {'warmup': 5}}|--options={'deep': {'list': [1, 'x']}, 'on': True}",
            string.Join('|', CommandMacros.Expand(spec.Command, SweepPlan.Of(spec).Configurations[0].Parameters, "", _ => null).Skip(3)));
    }

    [Fact]
    public void Conditions_skips_seeds_and_a_baseline_work_as_for_the_trainer()
    {
        var plan = SweepPlan.Of(Parse("""
            program: train.py
            method: grid
            parameters:
              model: {parameters: {kind: {values: [rnn, gpt]}, heads: {values: [1, 2]}}}
              lr: {values: [1e-5, 0.1]}
              fast: {values: [true, false]}
            when: {model.heads: {parameter: model.kind, in: [gpt]}}
            skip: ["fast and lr > 0.01"]
            seeds: 3
            baseline: {model: {kind: rnn}, lr: 0.1, fast: false}
            """));
        // (rnn, gpt 1, gpt 2) times (fast 1e-5, slow 1e-5, slow 0.1)
        Assert.Equal((9, 27), (plan.Configurations.Length, plan.Runs.Length));
        Assert.Equal("fast=false lr=0.1 kind=rnn", plan.Baseline.Label);
        Assert.All(plan.Runs, run => Assert.Equal(0, run.Steps));
        Assert.Equal((27, 0L), (plan.Tree.Stages.Length, plan.TotalSteps));
    }

    [Fact]
    public void A_random_search_draws_from_every_distribution()
    {
        var configurations = SweepPlan.Of(Parse("""
            program: train.py
            method: random
            run_cap: 20
            parameters:
              lr: {distribution: log_uniform_values, min: 1e-5, max: 1e-1}
              width: {distribution: q_uniform, min: 32, max: 128, q: 32}
              dropout: {min: 0.0, max: 0.5}
              layers: {min: 1, max: 9}
              noise: {distribution: normal, mu: 0, sigma: 1}
            """)).Configurations;
        Assert.Equal(20, configurations.Length);
        Assert.All(configurations, configuration => Assert.InRange(configuration.Parameters["lr"].AsDouble!.Value, 1e-5, 1e-1));
    }

    [Fact]
    public void The_metric_has_any_name_goal_and_target()
    {
        var metric = Parse("program: train.py\nmetric: {name: eval/score, goal: maximize, target: -3}" + Rest).Metric;
        Assert.Equal(("eval/score", -3.0, MetricGoal.Maximize), (metric.Name, metric.Target, metric.Metric.Goal));
        Assert.Equal(("eval/score", "eval/score"), (metric.Metric.Title, metric.Metric.Noun));
        Assert.Equal(MetricGoal.Minimize, Parse("program: train.py\nmetric: {name: error}" + Rest).Metric.Metric.Goal);
        Assert.Equal("validation loss", Parse("program: train.py" + Rest).Metric.Metric.Title);
        Assert.True(Parse("program: train.py\nmetric: {name: error}" + Rest).Command!.NeedsMetric);
    }

    [Theory]
    [InlineData("command: python train.py", 1, 10, "'command' is a list, the program to start and its arguments, such as [\"${env}\"")]
    [InlineData("command: []", 1, 10, "'command' is empty")]
    [InlineData("command:", 1, 9, "'command' is empty")]
    [InlineData("command: [a, [b]]", 1, 14, "an argument of the command is a single value, not a list")]
    [InlineData("command: [a, ~, ]", 1, 14, null)]
    [InlineData("command: ['']", 1, 11, "begins with the program to start")]
    [InlineData("command: [a, \"x\\0\"]", 1, 14, "the character NUL")]
    [InlineData("command: [python3, '${program}']", 1, 20, "${program} needs the program; add program: FILE")]
    [InlineData("command: [python3, '${arggs}']", 1, 20, "there is no macro ${arggs}; did you mean ${args}?")]
    [InlineData("program: gpt\ncommand: [a]", 2, 1, "'command' is for programs of your own, and gpt is the built-in trainer")]
    [InlineData("metrics: [\"step {step}: {val_loss}\"]", 1, 1, "'metrics' is for programs of your own")]
    [InlineData("program: [a]", 1, 10, "'program' is a text")]
    [InlineData("program: a.py\nmetrics: step {step}", 2, 10, "'metrics' is a list of patterns")]
    [InlineData("program: a.py\nmetrics: []", 2, 10, "'metrics' is empty")]
    [InlineData("program: a.py\nmetrics: [{step: loss}]", 2, 11, "a pattern is a text")]
    [InlineData("program: a.py\nmetrics: [\"step {step}: {val_loss} }\"]", 2, 36, "'}' has no '{'")]
    [InlineData("program: a.py\nmetrics: [\"loss {val_loss}\"]", 2, 12, "a pattern needs {step}")]
    [InlineData("program: a.py\nmetrics: [\"step {step}: {loss}\"]", 2, 1, "no pattern has {val_loss}, the metric that the sweep is judged by; name one of theirs: metric: {name: loss}")]
    [InlineData("program: a.py\nmetric: {name: acc}\nmetrics: [\"step {step}: {loss}\"]", 3, 1, "no pattern has {acc}, the metric that the sweep is judged by; correct the pattern or the name under 'metric'")]
    [InlineData("program: a.py\nmetric: {name: step}", 2, 16, "\"step\" says when a value was measured")]
    [InlineData("program: a.py\nmetric: {name: loss, goal: lower}", 2, 28, "'goal' is minimize or maximize, not \"lower\"")]
    [InlineData("program: a.py\nmetric: {goal: minimize}", 2, 9, "'name' is missing; the metric needs a name")]
    [InlineData("program: a.py\nbaseline: {lrr: 0.1}", 2, 12, "the baseline names lrr, which is not among 'parameters'; did you mean \"lr\"?")]
    [InlineData("program: a.py\nbaseline: {lr: 0.3}", 2, 16, "lr is never 0.3")]
    [InlineData("program: a.py\nskip: [\"lr > 1 or width == 2\"]", 2, 19, "'skip' names width, which is not among 'parameters'")]
    public void What_is_wrong_is_named_with_its_place_and_the_fix(string line, int row, int column, string? expected)
    {
        var yaml = line.Contains("program: gpt", StringComparison.Ordinal) || line.StartsWith("metrics", StringComparison.Ordinal) ? line + "\nmethod: grid\nparameters: {heads: {value: 1}}\n" : line + Rest;
        if (expected is null)
        {
            Assert.Equal(["a", "~"], Parse(yaml).Command!.Arguments);
            return;
        }
        var error = Assert.Single(Assert.Throws<SweepFileException>(() => Parse(yaml)).Errors);
        Assert.Contains(expected, error.Message);
        Assert.Equal((row, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("{value: .inf}", 26)]
    [InlineData("{values: [1, [{a: .nan}]]}", 31)]
    [InlineData("{distribution: log_uniform, min: 0, max: 1000}", 59)]
    public void A_number_that_json_lacks_is_refused(string definition, int column)
    {
        var error = Assert.Single(Assert.Throws<SweepFileException>(() => Parse($"program: a.py\nmethod: random\nrun_cap: 5\nparameters: {{lr: {definition}}}\n")).Errors);
        Assert.StartsWith("lr is ", error.Message);
        Assert.Contains("which is no number that JSON has", error.Message);
        Assert.Equal((4, column), (error.Line, error.Column));
    }

    [Fact]
    public void A_name_with_a_dot_beside_its_group_belongs_into_it()
    {
        var error = Assert.Single(Assert.Throws<SweepFileException>(() => Parse("""
            program: a.py
            method: grid
            parameters:
              model: {parameters: {width: {value: 1}}}
              model.depth: {value: 2}
            """)).Errors);
        Assert.Equal((5, 3, "\"model\" holds parameters since line 4; write \"depth\" among them"), (error.Line, error.Column, error.Message));
    }

    private static SweepSpec Parse(string yaml) => SweepFile.Parse(yaml, "a.yaml");
}
