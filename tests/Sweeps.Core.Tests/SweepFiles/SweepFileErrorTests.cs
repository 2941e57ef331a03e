using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class SweepFileErrorTests
{
    [Theory]
    [InlineData("naem: a", 1, 1, "unknown key \"naem\"; did you mean \"name\"?")]
    [InlineData("metod: grid", 1, 1, "did you mean \"method\"?")]
    [InlineData("colours: 3", 1, 1, "unknown key \"colours\"; known are name, description")]
    [InlineData("seed: 3", 1, 1, "write 'seeds: N'")]
    [InlineData("scheduler: {x: 1}", 1, 1, "'scheduler' is not supported: this platform places the runs itself; remove it")]
    [InlineData("job: a", 1, 1, "'job' is not supported")]
    [InlineData("image_uri: a", 1, 1, "'image_uri' is not supported")]
    [InlineData("controller: {type: local}", 1, 1, "'controller' is not supported")]
    [InlineData("early_terminate: hyperband", 1, 18, "'early_terminate' is a mapping, such as {type: hyperband, min_iter: 3}, not \"hyperband\"")]
    [InlineData("early_terminate: {min_iter: 3}", 1, 18, "'type' is missing; add type: hyperband, asha or median")]
    [InlineData("early_terminate: {type: hyperbend}", 1, 25, "'type' is hyperband, asha or median, not \"hyperbend\"; did you mean \"hyperband\"?")]
    [InlineData("early_terminate: {type: hyperband}", 1, 18, "'min_iter' is missing; write min_iter: N, or max_iter: N and s: K")]
    [InlineData("early_terminate: {type: hyperband, max_iter: 27}", 1, 18, "'s' is missing; with max_iter it says how many bands there are")]
    [InlineData("early_terminate: {type: hyperband, max_iter: 2, s: 2}", 1, 46, "'max_iter' below eta leaves no band")]
    [InlineData("early_terminate: {type: hyperband, min_iter: 0}", 1, 46, "'min_iter' is a whole number from 1 on, not \"0\"")]
    [InlineData("early_terminate: {type: hyperband, min_iter: 3, eta: 1}", 1, 54, "'eta' is above 1")]
    [InlineData("early_terminate: {type: hyperband, min_iter: 3, strict: very}", 1, 57, "'strict' is true or false, not \"very\"")]
    [InlineData("early_terminate: {type: hyperband, min_itr: 3, min_iter: 3}", 1, 36, "unknown key \"min_itr\" in 'early_terminate' of type hyperband; did you mean \"min_iter\"?")]
    [InlineData("early_terminate: {type: asha}", 1, 18, "'min_resource' is missing; write min_resource: N, the steps of the first rung")]
    [InlineData("early_terminate: {type: asha, min_resource: 10, reduction: 1}", 1, 60, "'reduction' is a whole number from 2 to 1000, not \"1\"")]
    [InlineData("early_terminate: {type: asha, min_resource: 10, reduction_factor: 4}", 1, 49, "'reduction_factor' is written 'reduction' here")]
    [InlineData("early_terminate: {type: median, startup: 0}", 1, 42, "'startup' is a whole number from 1")]
    [InlineData("early_terminate: {type: median, min_iter: 3}", 1, 33, "unknown key \"min_iter\"")]
    [InlineData("schedule: 0 2 * * *", 1, 11, "'schedule' is a mapping, such as {cron: \"0 2 * * *\", timezone: Europe/Paris}, not \"0 2 * * *\"")]
    [InlineData("schedule: {timezone: UTC}", 1, 11, "'cron' is missing; write the minute, hour, day of the month, month and day of the week")]
    [InlineData("schedule: {cron: x}", 1, 18, "a cron expression has five fields (minute, hour, day of the month, month, day of the week), such as 0 2 * * * for each night at two; \"x\" has 1")]
    [InlineData("schedule: {cron: 0 25 * * *}", 1, 18, "\"0 25 * * *\" is no time that ever comes")]
    [InlineData("schedule: {cron: 0 2 * * *, timezone: Paris}", 1, 39, "the time zone \"Paris\" is not known; write an IANA name such as Europe/Paris, or UTC")]
    [InlineData("schedule: {cron: 0 2 * * *, timezon: UTC}", 1, 29, "unknown key \"timezon\" in 'schedule'; did you mean \"timezone\"?")]
    [InlineData("schedule: {cron: 0 2 * * *, time_zone: UTC}", 1, 29, "'time_zone' is written 'timezone' here")]
    [InlineData("schedule: {cron: 0 2 * * *, nights: 0}", 1, 37, "'nights' is a whole number from 1 to 365, not \"0\"")]
    [InlineData("schedule: {cron: 0 2 * * *, overlap: quue}", 1, 38, "'overlap' knows skip, queue, not \"quue\"; did you mean \"queue\"?")]
    [InlineData("alert: {on: [failed]}", 1, 8, "'command' is missing; name the program to start and its arguments: command: [\"notify-send\", \"${message}\"]")]
    [InlineData("alert: {command: [mail]}", 1, 8, "'on' is missing; say of what it tells: on: [regression, failed], or other ones of regression, slower, improvement, failed, skipped, completed")]
    [InlineData("alert: {on: failed, command: [mail]}", 1, 13, "'on' is a list of regression, slower, improvement, failed, skipped, completed, such as [regression, failed], not \"failed\"")]
    [InlineData("alert: {on: [fail], command: [mail]}", 1, 14, "not \"fail\"; did you mean \"failed\"?")]
    [InlineData("alert: {on: [failed], command: mail me}", 1, 32, "'command' is a list, the program to start and its arguments")]
    [InlineData("alert: {on: [failed], command: [mail, '${mesage}']}", 1, 39, "an alert has no macro ${mesage}; did you mean ${message}?")]
    [InlineData("alert: {on: [failed], command: [mail, 'a ${args}']}", 1, 39, "an alert has no macro ${args}; there are ${message}, ${verdict}, ${job}, ${night}, ${events}, ${sweep}, ${report}")]
    [InlineData("alert: {on: [failed], command: ['', a]}", 1, 33, "the command begins with the program to start, not with an empty argument")]
    [InlineData("alert: {on: [failed], command: [mail, [a]]}", 1, 39, "an argument of the command is a single value, not a list")]
    [InlineData("apiVersion: 1", 1, 1, "'apiVersion' says nothing here; remove it")]
    [InlineData("name: ''", 1, 7, "'name' is empty; give it a text or remove it")]
    [InlineData("name:", 1, 6, "'name' is empty")]
    [InlineData("name: a/b", 1, 7, "no slashes")]
    [InlineData("name: [a]", 1, 7, "'name' is a text")]
    [InlineData("seeds: 0", 1, 8, "'seeds: 0' trains nothing; each configuration needs at least one run")]
    [InlineData("seeds: -3", 1, 8, "'seeds: -3' trains nothing")]
    [InlineData("seeds: 1.5", 1, 8, "'seeds' is a whole number from 1 to 10000, not \"1.5\"")]
    [InlineData("seeds: '2'", 1, 8, "not the quoted text \"2\"")]
    [InlineData("seeds:", 1, 7, "'seeds' is a whole number from 1 to 10000, not empty")]
    [InlineData("seeds: [1, 2]", 1, 8, "'seeds' is a count, not a list; seeds: 2")]
    [InlineData("seeds: {min: 3, max: 12, until: p}", 1, 33, "such as \"p < 0.01\", not \"p\"")]
    [InlineData("seeds: {}", 1, 8, "'seeds' is empty; write a count, such as seeds: 4, or {min: 3, max: 12, until: \"p < 0.01\"}")]
    [InlineData("seeds: {min: 3, max: 12, until: p < 0.01}", 1, 1, "but there is no other one; write a count, such as seeds: 3, or add values")]
    [InlineData("seeds: {max: 12, until: p < 0.01}", 1, 8, "'min' is missing; write min: 3 for the seeds to begin with")]
    [InlineData("seeds: {min: 3, until: p < 0.01}", 1, 8, "'max' is missing; write max: 12")]
    [InlineData("seeds: {min: 3, max: 12}", 1, 8, "'until' is missing; write until: \"p < 0.01\"")]
    [InlineData("seeds: {min: 1, max: 12, until: p < 0.01}", 1, 14, "'min' is a whole number from 2 to 100, not \"1\"")]
    [InlineData("seeds: {min: 3, max: 101, until: p < 0.01}", 1, 22, "'max' is a whole number from 2 to 100, not \"101\"")]
    [InlineData("seeds: {min: 3, max: 3, until: p < 0.01}", 1, 22, "'max' is above min, or no seed can be added; for 3 seeds without a rule write seeds: 3")]
    [InlineData("seeds: {min: 3, max: 12, until: p < 0.5}", 1, 33, "between 0 and 0.5, such as \"p < 0.01\", not \"p < 0.5\"")]
    [InlineData("seeds: {min: 3, max: 12, until: p < 0}", 1, 33, "not \"p < 0\"")]
    [InlineData("seeds: {min: 3, max: 12, until: 0.01}", 1, 33, "not \"0.01\"")]
    [InlineData("seeds: {min: 3, max: 12, until: [p]}", 1, 33, "such as \"p < 0.01\", not a list")]
    [InlineData("seeds: {min: 3, max: 12, alpha: 0.01, until: p < 0.01}", 1, 26, "'alpha' is written 'until' here")]
    [InlineData("seeds: {mim: 3, max: 12, until: p < 0.01}", 1, 9, "unknown key \"mim\" in 'seeds'; did you mean \"min\"?")]
    [InlineData("run_cap: 0", 1, 10, "'run_cap' is a whole number from 1")]
    [InlineData("priority: 101", 1, 11, "'priority' is a whole number from 0 to 100, not \"101\"")]
    [InlineData("metric: val_loss", 1, 9, "'metric' is a mapping, such as {name: val_loss")]
    [InlineData("metric: {}", 1, 9, "'metric' is empty")]
    [InlineData("metric: {name: accuracy}", 1, 16, "the metric \"accuracy\" is not known")]
    [InlineData("metric: {name: val_loss, goal: maximize}", 1, 32, "a loss is minimized: write goal: minimize")]
    [InlineData("metric: {name: val_loss, goal: lower}", 1, 32, "'goal' is minimize or maximize, not \"lower\"")]
    [InlineData("metric: {name: val_accuracy, goal: minimize}", 1, 36, "an accuracy is maximized: write goal: maximize")]
    [InlineData("metric: {name: val_accuracy, target: 99}", 1, 38, "'target' is an accuracy, above 0 and at most 1, not 99")]
    [InlineData("metric: {name: val_acuracy}", 1, 16, "judged by val_loss, train_loss, val_accuracy, ood_accuracy, peak_memory_mib, tokens_per_second, decode_tokens_per_second, decode_speedup or decode_accepted_per_round; did you mean \"val_accuracy\"?")]
    [InlineData("metric: {name: val_loss, target: low}", 1, 34, "'target' is a number, not \"low\"")]
    [InlineData("metric: {name: val_loss, target: '1.7'}", 1, 34, "'target' is a number, not the quoted text \"1.7\"")]
    [InlineData("metric: {name: val_loss, target: }", 1, 34, "'target' is a number, not empty")]
    [InlineData("metric: {name: val_loss, target: -1}", 1, 34, "above 0, not -1")]
    [InlineData("metric: {name: val_loss, targte: 1}", 1, 26, "unknown key \"targte\" in 'metric'; did you mean \"target\"?")]
    [InlineData("metric: {name: val_loss, impute: mean}", 1, 34, "'impute' is best, worst or latest, not \"mean\"")]
    [InlineData("metric: {name: val_loss, impute: 2}", 1, 34, "'impute' is best, worst or latest, not \"2\"")]
    [InlineData("metric: {name: val_loss, impute_while_running: never}", 1, 48, "'impute_while_running' is best, worst, latest or false, not \"never\"")]
    [InlineData("resources: {gpus: 1, cpus: 2}", 1, 22, "give 'gpus' or 'cpus', not both")]
    [InlineData("resources: {gpus: 2}", 1, 19, "the built-in trainer uses one GPU; write gpus: 1")]
    [InlineData("resources: {gpus: 0}", 1, 19, "'gpus' is above 0")]
    [InlineData("resources: {cpus: 0.5}", 1, 19, "'cpus' is a whole number")]
    [InlineData("resources: {memory: lots}", 1, 21, "'memory' is a size such as 8GiB or 512MiB, not \"lots\"")]
    [InlineData("resources: {time: 2}", 1, 19, "'time' is a duration such as 90m, 2h or 1.5d, not \"2\"")]
    [InlineData("resources: {time: 4m}", 1, 19, "'time' is at least 5m, so that something is done before the checkpoint at its end, not \"4m\"")]
    [InlineData("share_prefixes: maybe", 1, 17, "'share_prefixes' is true or false, not \"maybe\"")]
    [InlineData("retries: {disk: 1}", 1, 11, "unknown key \"disk\" in 'retries'; known are user, oom, machine")]
    [InlineData("retries: {oom: -1}", 1, 16, "'oom' is a whole number from 0")]
    [InlineData("priority: !!float high", 1, 11, "\"high\" does not fit its tag !!float")]
    [InlineData("priority: !secret 3", 1, 11, "the tag !secret is not known")]
    [InlineData("priority: 010", 1, 11, "010 is octal in YAML 1.1 and decimal in YAML 1.2; write the number without the leading zero")]
    [InlineData("priority: !!python/int 3", 1, 11, "does not fit its tag !!python/int")]
    [InlineData("resources: !secret {cpus: 1}", 1, 12, "the tag !secret is not known; remove it")]
    [InlineData("<<: {seeds: 0}", 1, 13, "'seeds: 0' trains nothing")]
    [InlineData("<<: {sedes: 1}", 1, 6, "did you mean \"seeds\"?")]
    [InlineData("<<: [{seeds: 1}, 2]", 1, 1, "'<<' merges a mapping or a list of mappings, as in <<: *anchor, not \"2\"")]
    public void A_wrong_key_is_named_with_its_place_and_the_fix(string line, int row, int column, string expected) =>
        AssertOneError(line + "\nmethod: grid\nparameters: {heads: {value: 1}}\n", row, column, expected);

    [Theory]
    [InlineData("method: tpe\nrun_cap: 9", "", 4, "but method: tpe chooses them while it runs; write a count, such as seeds: 3, or another method")]
    [InlineData("method: bayes\nrun_cap: 9", "", 4, "but method: bayes chooses them while it runs")]
    [InlineData("method: grid", "early_terminate: {type: median}\n", 3, "'early_terminate' takes away the final values that seeds are added to compare")]
    public void Seeds_are_not_added_where_that_makes_no_sense(string method, string more, int row, string expected) =>
        AssertOneError($"{method}\nparameters: {{heads: {{values: [1, 2]}}}}\nseeds: {{min: 3, max: 12, until: p < 0.01}}\n{more}", row, 1, expected);

    [Fact]
    public void Seeds_are_not_added_where_hardly_any_comparison_could_be_decided() =>
        AssertOneError("method: random\nrun_cap: 1002\nparameters: {learning_rate: {min: 1e-4, max: 1e-2}}\nseeds: {min: 3, max: 12, until: p < 0.01}\n", 4, 1,
            "the error rate is divided over 1001 comparisons, of which hardly any would ever be decided; at most 1000 are possible");

    [Theory]
    [InlineData("{values: [1, two]}", 3, 23, "heads is a whole number from 1 to 64, not \"two\"")]
    [InlineData("{values: [1, 65]}", 3, 23, "heads is a whole number from 1 to 64, not 65")]
    [InlineData("{values: [1, 1.5]}", 3, 23, "not 1.5")]
    [InlineData("{values: [1, '2']}", 3, 23, "the text \"2\" (remove its quotes)")]
    [InlineData("{values: [1, 2, 1.0]}", 3, 26, "1 is listed twice")]
    [InlineData("{values: [1, ]}", 0, 0, "")]
    [InlineData("{values: [1, {a: 1}]}", 3, 23, "a single value was expected here, not a mapping")]
    [InlineData("{values: [1, ~]}", 3, 23, "not empty")]
    [InlineData("{values: []}", 3, 19, "'values' is empty; list at least one value")]
    [InlineData("{values: 4}", 3, 19, "'values' is a list, such as values: [4]")]
    [InlineData("{value: }", 3, 18, "heads is a whole number from 1 to 64, not empty")]
    [InlineData("4", 3, 10, "a fixed value is written heads: {value: 4}")]
    [InlineData("[1, 2]", 3, 10, "a list of values is written heads: {values: [...]}")]
    [InlineData("{}", 3, 10, "'heads' is empty")]
    [InlineData("{valeus: [1]}", 3, 11, "unknown key \"valeus\" in 'heads'; did you mean \"values\"?")]
    [InlineData("{value: 1, values: [1]}", 3, 21, "'values' does not go with 'value'; keep one of them")]
    [InlineData("{value: 1, min: 1}", 3, 21, "'min' does not go with 'value'")]
    [InlineData("{distribution: uniform, values: [1]}", 3, 34, "'values' does not go with the distribution uniform")]
    [InlineData("{distribution: int_uniform, min: 1}", 3, 3, "'heads' is int_uniform but has no 'max'; add max: ...")]
    [InlineData("{distribution: constant}", 3, 3, "'heads' is constant but has no 'value'")]
    [InlineData("{distribution: int_unifrom, min: 1, max: 3}", 3, 25, "did you mean \"int_uniform\"?")]
    [InlineData("{distribution: q_normal, mu: 1}", 3, 25, "heads is a whole number from 1 to 64, which q_normal does not draw; write q as a whole number, such as q: 1")]
    [InlineData("{distribution: q_uniform, min: 1, max: 3}", 3, 25, "which q_uniform does not draw; write q as a whole number, such as q: 1")]
    [InlineData("{distribution: q_uniform, min: 1, max: 3, q: 1.0}", 3, 25, "which q_uniform does not draw; write q as a whole number, such as q: 1")]
    [InlineData("{distribution: q_uniform, min: 1, max: 3, q: 0}", 3, 55, "'q' is above 0: q_uniform draws multiples of it")]
    [InlineData("{distribution: q_uniform, min: 1, max: 3, q: 4}", 3, 41, "heads is a whole number from 1 to 64, not 0; q_uniform makes 0 of 1")]
    [InlineData("{distribution: log_uniform, min: 1, max: 3}", 3, 25, "which log_uniform does not draw; use distribution: int_uniform or values: [...]")]
    [InlineData("{distribution: q_log_uniform, min: 1, max: 30, q: 1}", 3, 53, "not 10686474581524; the bounds of q_log_uniform are exponents of e, and 30 stands for 10686474581524: to write the values themselves use q_log_uniform_values")]
    [InlineData("{distribution: uniform, min: 1, max: 3, q: 1}", 3, 50, "'q' does not go with the distribution uniform; write distribution: q_uniform")]
    [InlineData("{min: 1, max: 3, q: 1}", 3, 27, "'q' does not go with 'min and max'; add distribution: q_uniform")]
    [InlineData("{mu: 1}", 3, 3, "'heads' does not say what is drawn with mu and sigma; add distribution: normal or log_normal")]
    [InlineData("{a: 1, b: 2}", 3, 3, "add distribution: beta")]
    [InlineData("{probabilities: [1]}", 3, 3, "'heads' has probabilities but no values; add values: [...]")]
    [InlineData("{distribution: categorical, values: [1, 2], probabilities: [0.5, 0.5]}", 3, 54, "write distribution: categorical_w_probabilities")]
    [InlineData("{values: [1, 2], probabilities: [0.5]}", 3, 42, "there are 1 probabilities for 2 values; write one for each")]
    [InlineData("{values: [1, 2], probabilities: 0.5}", 3, 42, "'probabilities' is a list, one for each value, not \"0.5\"")]
    [InlineData("{values: [1, 2], probabilities: [0.5, -0.5]}", 3, 48, "a probability is not below 0, -0.5 is")]
    [InlineData("{values: [1, 2], probabilities: [1, 3]}", 3, 42, "the probabilities sum to 4, not to 1; write [0.25, 0.75]")]
    [InlineData("{distribution: categorical_w_probabilities, values: [1, 2]}", 3, 3, "'heads' is categorical_w_probabilities but has no 'probabilities'")]
    [InlineData("{min: 1}", 3, 3, "'heads' has a min but no max; add max: ...")]
    [InlineData("{max: 1}", 3, 3, "'heads' has a max but no min")]
    [InlineData("{min: 4, max: 4}", 3, 16, "min 4 is not below max 4")]
    [InlineData("{min: 4, max: 1}", 3, 16, "min 4 is not below max 1")]
    [InlineData("{min: 0, max: 4}", 3, 16, "heads is a whole number from 1 to 64, not 0")]
    [InlineData("{min: 1, max: 400}", 3, 24, "heads is a whole number from 1 to 64, not 400")]
    [InlineData("{min: 1, max: lots}", 3, 24, "'max' is a number, not \"lots\"")]
    [InlineData("{min: 1.0, max: 4.0}", 3, 16, "which uniform does not draw; use distribution: int_uniform or values: [...]")]
    [InlineData("{distribution: int_uniform, min: 1.5, max: 4}", 3, 43, "int_uniform needs whole numbers, not \"1.5\"")]
    [InlineData("{parameters: {a: {value: 1}}}", 3, 3, "\"heads\" is a parameter, not a group")]
    public void A_wrong_definition_of_a_parameter_is_named_with_its_place(string definition, int row, int column, string expected)
    {
        var yaml = $"method: random\nparameters:\n  heads: {definition}\nrun_cap: 3\n";
        if (row > 0) AssertOneError(yaml, row, column, expected);
        else SweepFile.Parse(yaml, "a.yaml");
    }

    [Theory]
    [InlineData("learning_rate: {min: 1e-4, max: 1e-2}", 3, 24, "a grid cannot list the values of uniform; write values: [...], or method: random with run_cap: N")]
    [InlineData("learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}", 3, 33, "a grid cannot list the values of log_uniform_values")]
    [InlineData("learning_rate: {distribution: log_uniform_values, min: 0, max: 1e-2}", 3, 58, "min 0 has no logarithm")]
    [InlineData("learning_rate: {distribution: normal}", 3, 33, "a grid cannot list the values of normal; write values: [...], or method: random with run_cap: N")]
    [InlineData("learning_rate: {distribution: q_log_uniform, min: -9, max: -4, q: 0.0001}", 3, 33, "a grid cannot list the values of q_log_uniform")]
    [InlineData("learning_rate: {distribution: beta, a: 2}", 3, 33, "a grid cannot list the values of beta")]
    [InlineData("dropout: {values: [0, 0.1], probabilities: [0.5, 0.5]}", 3, 31, "a grid trains each value once, whatever its probability; remove 'probabilities'")]
    [InlineData("dropout: {distribution: q_uniform, min: 0, max: 0.5, q: 1e-9}", 3, 27, "a grid of this q_uniform has more than 100000 values; raise q")]
    [InlineData("dropout: {distribution: q_uniform, min: 0, max: 1.5, q: 0.5}", 3, 51, "dropout is a number from 0 to below 1, not 1; q_uniform makes 1 of 1.5")]
    [InlineData("bias: {min: 0.0, max: 1}", 3, 15, "bias is true or false, which uniform does not draw; use values: [...]")]
    [InlineData("bias: {distribution: q_uniform, min: 0, max: 1, q: 1}", 3, 24, "bias is true or false, which q_uniform does not draw; use values: [...]")]
    [InlineData("optimizer: {parameters: {adamw: {parameters: {beta1: {value: 0.9}}}}}", 3, 28, "the trainer has no group of parameters \"optimizer.adamw\"; write its parameters directly under \"optimizer\"")]
    [InlineData("n_layer: {value: 3}", 3, 3, "did you mean \"layers\"?")]
    [InlineData("seed: {values: [1, 2]}", 3, 3, "write 'seeds: N' beside 'parameters'")]
    [InlineData("optimiser: {parameters: {learning_rate: {value: 1}}}", 3, 3, "did you mean \"optimizer\"?")]
    [InlineData("optimizer: {parameters: {lr: {value: 1}}}", 3, 28, "did you mean \"learning_rate\"?")]
    [InlineData("optimizer: {parameters: {layers: {value: 1}}}", 3, 28, "\"layers\" is not in the group \"optimizer\"; write it at the top or under \"model\"")]
    [InlineData("optimizer: {parameters: {}}", 3, 27, "'parameters' is empty")]
    [InlineData("optimizer: {value: 1, parameters: {beta1: {value: 0.5}}}", 3, 15, "'value' beside 'parameters'")]
    [InlineData("loss_weights: {value: \"[1, x]\"}", 3, 25, "expected a weight such as 0.5, found 'x'")]
    [InlineData("loss_weights: {value: 1}", 3, 25, "loss_weights is written in brackets, such as [1, 0.5], not 1")]
    [InlineData("untie_at: {value: no}", 3, 21, "untie_at is never, 0 (from the start)")]
    [InlineData("width: {values: [128, 130]}", 3, 3, "width 130 is not divisible by attention_heads 4")]
    [InlineData("untie_at: {value: 2001}", 3, 3, "untie_at 2001 is after the last of 2000 steps")]
    [InlineData("data: {value: shakespeare.txt}", 3, 17, "did you mean \"file:shakespeare.txt\"?")]
    public void A_parameter_that_cannot_be_trained_is_refused_before_training(string parameter, int row, int column, string expected) =>
        AssertOneError($"method: grid\nparameters:\n  {parameter}\n", row, column, expected);

    [Theory]
    [InlineData("{distribution: log_uniform, min: 1e-4, max: 1e-2}", 0, 0, "")]
    [InlineData("{distribution: log_uniform, min: 1, max: 7}", 4, 59, "not 1096.6331584284585; the bounds of log_uniform are exponents of e, and 7 stands for 1096.6331584284585: to write the values themselves use log_uniform_values")]
    [InlineData("{distribution: inv_log_uniform, min: -7, max: 4}", 4, 55, "not 1096.6331584284585; the bounds of inv_log_uniform are exponents of e")]
    [InlineData("{distribution: inv_log_uniform, min: 4, max: 9}", 0, 0, "")]
    [InlineData("{distribution: inv_log_uniform_values, min: 0, max: 9}", 4, 62, "min 0 has no logarithm; inv_log_uniform_values needs bounds above 0")]
    [InlineData("{distribution: normal, mu: 0.1, sigma: 0}", 4, 57, "'sigma' is above 0, not 0; without spread write value: ...")]
    [InlineData("{distribution: normal, mu: 0.1, sigma: 0.5}", 4, 3, "learning_rate is a number from 0 to 1000, not -")]
    [InlineData("{distribution: normal, mu: 0.5, sigma: 0.01}", 0, 0, "")]
    [InlineData("{distribution: log_normal, mu: -6}", 0, 0, "")]
    [InlineData("{distribution: beta, a: 0}", 4, 42, "'a' of a beta distribution is a number from 0.001 to 1000000, not \"0\"")]
    [InlineData("{distribution: q_beta, a: 2, b: 5, q: 0.01}", 0, 0, "")]
    [InlineData("{distribution: q_beta, min: 2, b: 5, q: 0.01}", 4, 41, "'min' does not go with the distribution q_beta; keep one of them")]
    [InlineData("{distribution: log_unifrom, min: 2, max: 5}", 4, 33, "did you mean \"log_uniform\"?")]
    [InlineData("{distribution: cauchy, min: 2, max: 5}", 4, 33, "use constant, categorical, categorical_w_probabilities, int_uniform")]
    public void A_distribution_that_draws_what_cannot_be_trained_is_refused(string definition, int row, int column, string expected)
    {
        var yaml = $"method: random\nrun_cap: 20\nparameters:\n  learning_rate: {definition}\n  min_learning_rate: {{value: 0}}\n";
        if (row > 0) Assert.Contains(ErrorsOf(yaml), error => (error.Line, error.Column) == (row, column) && error.Message.Contains(expected));
        else Assert.Equal(20, SweepPlan.Of(SweepFile.Parse(yaml, "a.yaml")).Configurations.Length);
    }

    [Theory]
    [InlineData("{heads: 3}", 4, 19, "the baseline is not a configuration of this sweep: heads is never 3; add it to its values in line 3")]
    [InlineData("{heads: one}", 4, 19, "heads is a whole number")]
    [InlineData("{haeds: 1}", 4, 12, "did you mean \"heads\"?")]
    [InlineData("{layers: 1}", 4, 12, "the baseline names layers, which is not among 'parameters'")]
    [InlineData("{heads: 1, model: {heads: 1}, untie_at: never}", 4, 30, "the baseline names heads twice")]
    [InlineData("1", 4, 11, "'baseline' is a mapping, such as {heads: 1}, not \"1\"")]
    public void A_baseline_that_is_no_configuration_is_refused(string baseline, int row, int column, string expected) =>
        AssertOneError($"method: grid\nparameters:\n  {{heads: {{values: [1, 2]}}, untie_at: {{values: [never, 0.5]}}}}\nbaseline: {baseline}\n", row, column, expected);

    [Fact]
    public void A_baseline_that_every_configuration_is_compares_nothing() => AssertOneError(
        "method: grid\nparameters: {heads: {values: [1, 2]}, untie_at: {values: [never, 0.5]}, data: {value: grammar}}\nbaseline: {data: grammar}\n", 3, 1,
        "every configuration is a baseline, so that nothing is compared; also give heads or untie_at");

    [Theory]
    [InlineData("val_accuracy", "data: {values: [addition, grammar]}", "val_accuracy is reported by data with answers: addition, polynomial and induction, but not by configuration data=grammar")]
    [InlineData("decode_speedup", "data: {value: grammar}", "decode_speedup is reported by runs with decode_method, but not by configuration (only one)")]
    [InlineData("ood_accuracy", "data: {value: polynomial}", "ood_accuracy is reported by data polynomial with ood_operations, but not by configuration (only one)")]
    public void A_metric_that_a_configuration_does_not_report_is_refused(string metric, string parameter, string expected) =>
        AssertOneError($"method: grid\nmetric: {{name: {metric}}}\nparameters: {{{parameter}}}\n", 2, 1, expected);

    [Fact]
    public void An_error_of_late_configurations_is_found_behind_one_that_all_of_them_have()
    {
        var exception = Assert.Throws<SweepFileException>(() => SweepFile.Parse(
            "method: grid\nparameters:\n  accumulation: {value: 5}\n  steps: {value: 9997}\n  warmup_steps: {min: 1, max: 9999}\n", "many.yaml"));
        Assert.Equal(
            ["accumulation 5 does not divide", "warmup_steps 9998 is more than", "warmup_steps 9999 is more than"],
            exception.Errors.Select(error => string.Join(' ', error.Message.Split(' ').Take(5))));
    }

    [Fact]
    public void A_baseline_behind_the_cap_is_refused() =>
        AssertOneError("method: grid\nparameters: {heads: {values: [1, 2, 4]}}\nbaseline: {heads: 4}\nrun_cap: 2\n", 3, 1, "raise run_cap");

    [Fact]
    public void A_random_search_without_a_cap_is_refused() =>
        AssertOneError("method: random\nparameters: {heads: {values: [1, 2]}}\n", 1, 9, "add run_cap: N for N configurations");

    [Theory]
    [InlineData("sobol")]
    [InlineData("tpe")]
    [InlineData("bayes")]
    public void No_search_goes_on_forever(string method) =>
        AssertOneError($"method: {method}\nparameters: {{heads: {{values: [1, 2]}}}}\n", 1, 9, $"a {method} search goes on forever without a limit; add run_cap: N");

    [Theory]
    [InlineData("tpe")]
    [InlineData("bayes")]
    public void What_a_search_may_come_to_is_checked_although_it_is_not_known(string method) =>
        AssertOneError($"method: {method}\nrun_cap: 100\nparameters:\n  width: {{value: 64}}\n  attention_heads: {{value: 4}}\n  dropout: {{min: 0.0, max: 0.5}}\n  layers: {{distribution: q_normal, mu: 8, sigma: 3, q: 1}}\n",
            7, 3, "which q_normal drew; change its shape, or leave such values out with skip");

    [Fact]
    public void The_baseline_of_a_search_that_learns_is_a_whole_point() =>
        AssertOneError("method: tpe\nrun_cap: 9\nparameters: {heads: {values: [1, 2, 4]}, layers: {min: 1, max: 9}}\nbaseline: {layers: 3}\n", 4, 1, "also give heads");

    [Theory]
    [InlineData("baies", "'method' is grid, random, sobol, tpe or bayes, not \"baies\"; did you mean \"bayes\"?")]
    [InlineData("gird", "did you mean \"grid\"?")]
    [InlineData("gradient", "'method' is grid, random, sobol, tpe or bayes, not \"gradient\"")]
    public void A_method_that_does_not_exist_is_refused(string method, string expected) =>
        AssertOneError($"method: {method}\nparameters: {{heads: {{value: 1}}}}\n", 1, 9, expected);

    [Fact]
    public void A_grid_that_is_too_large_is_refused_without_being_built() =>
        AssertOneError("method: grid\nparameters: {steps: {min: 1, max: 2000000000}, layers: {min: 1, max: 1000}, width: {min: 1, max: 100000}, context: {min: 1, max: 1000000}}\n",
            2, 1, "more than 100000 configurations");

    [Theory]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("# only a comment\n", 1, 1, "the file is empty")]
    [InlineData("- a\n- b\n", 1, 1, "a sweep file is a mapping")]
    [InlineData("just text", 1, 1, "a sweep file is a mapping")]
    [InlineData("method: [grid\nparameters: 1\n", 1, 9, "a bracket or brace is opened here and not closed")]
    [InlineData("method: grid\nparameters: {heads: {value: 1}\nseeds: 2\n", 2, 13, "a bracket or brace is opened here and not closed")]
    [InlineData("method: grid\nparameters: {heads: {values: [1, 2}}\n", 2, 35, "this is not valid YAML: While parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("method: grid\nparameters:\n  loss_weights:\n    value: [1, 0.5->0] -> [1]\n", 4, 24, "loss weights with several phases are written in quotes")]
    [InlineData("method: grid\nparameters:\n  loss_weights: {values: [[1], [1, 0.5->0] -> [1]]}\n", 3, 44, "loss weights with several phases are written in quotes")]
    [InlineData("method: grid\nname: a: b\n", 2, 8, "this is not valid YAML: While scanning a plain scalar value, found invalid mapping")]
    [InlineData("method: grid\n\tparameters: 1\n", 2, 1, "indented with a tab")]
    [InlineData("method: grid\nname: *nothing\n", 2, 7, "there is no anchor &nothing")]
    [InlineData("method: grid\nparameters: {heads: {value: 1}}\n---\nmethod: grid\n", 3, 1, "a second document begins here")]
    [InlineData("method: grid\nmethod: random\nparameters: {heads: {value: 1}}\n", 2, 1, "\"method\" is written twice, first in line 1")]
    [InlineData("method: grid\nparameters:\n  heads: {value: 1}\n  layers: {value: 1}\n  heads: {value: 2}\n", 5, 3, "\"heads\" is written twice, first in line 3")]
    [InlineData("method: grid\nparameters:\n  heads: {value: 1}\n  model: {parameters: {heads: {value: 2}}}\n", 4, 24, "\"model.heads\" and \"heads\" in line 3 are the same parameter")]
    [InlineData("name: a\nparameters: {heads: {value: 1}}\n", 1, 1, "'method' is missing")]
    [InlineData("name: a\nmethod: grid\n", 1, 1, "'parameters' is missing")]
    [InlineData("name: a\nmethod: grid\nparameters:\n", 3, 12, "'parameters' is empty")]
    [InlineData("? [a]\n: 1\nmethod: grid\nparameters: {heads: {value: 1}}\n", 1, 3, "a key is a word")]
    public void A_file_that_is_no_sweep_is_refused(string yaml, int row, int column, string expected) => AssertOneError(yaml, row, column, expected);

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash()
    {
        var error = Assert.Single(ErrorsOf("a: " + new string('[', 10_000)));
        Assert.Contains("nested more than", error.Message);
    }

    [Fact]
    public void A_few_lines_of_aliases_cannot_stand_for_billions_of_values()
    {
        var yaml = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n"));
        var error = Assert.Single(ErrorsOf(yaml));
        Assert.Contains("the file stands for more than 1000000 values", error.Message);
        Assert.Equal(7, error.Line);
    }

    [Fact]
    public void Any_text_is_either_a_sweep_or_has_errors_with_a_place()
    {
        var pieces = Gen.Elements("method: grid", "parameters:", "heads:", "{", "}", "[", "]", ",", ":", ": ", "- ", "\n", "\n  ", "\n    ", "\t", "\"", "'", "&a ", "*a", "!!int ", "!x",
            "values", "value: 1", "min: 1", "max: 3", "1e-5", "never", "#", "|", ">", "?", "%", "@", "---", "...", "\0", "é", "seeds: 2", "baseline:", "<<: ");
        var texts = pieces.ListOf().Select(string.Concat).ToArbitrary();
        Properties.Hold(texts, text =>
        {
            try
            {
                return SweepFile.Parse(text, "a.yaml").Seeds > 0;
            }
            catch (SweepFileException error)
            {
                return error.Errors.Count > 0 && error.Errors.All(one => one is { Line: >= 1, Column: >= 1, Message.Length: > 0 });
            }
        }, tests: 3000);
    }

    [Fact]
    public void All_errors_are_reported_at_once_in_the_order_of_the_file()
    {
        var error = Assert.Throws<SweepFileException>(() => SweepFile.Parse("""
            metod: grid
            seeds: 0
            parameters:
              heads: {values: [1, two, 3.5]}
              n_layer: {value: 2}
            baseline: {heads: 1}
            """, "sweeps/bad.yaml"));
        Assert.Equal(
            [(1, 1, "metod"), (2, 8, "0"), (4, 23, "two"), (4, 28, "3.5"), (5, 3, "n_layer")],
            error.Errors.Select(e => (e.Line, e.Column, e.Text)));
        Assert.Equal(5, error.Message.Split('\n').Length);
        Assert.All(error.Message.Split('\n'), line => Assert.StartsWith("sweeps/bad.yaml:", line));
        Assert.Equal("sweeps/bad.yaml:4:23: heads is a whole number from 1 to 64, not \"two\"", error.Message.Split('\n')[2]);
    }

    internal static void AssertOneError(string yaml, int row, int column, string expected)
    {
        var error = Assert.Single(ErrorsOf(yaml));
        Assert.Contains(expected, error.Message);
        Assert.Equal((row, column), (error.Line, error.Column));
        Assert.Equal("a.yaml", error.File);
    }

    internal static IReadOnlyList<SweepFileError> ErrorsOf(string yaml) =>
        Assert.Throws<SweepFileException>(() => SweepFile.Parse(yaml, "a.yaml")).Errors;
}
