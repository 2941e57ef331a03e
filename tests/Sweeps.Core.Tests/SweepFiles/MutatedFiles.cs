using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.SweepFiles;

/// <summary>Sweep files that somebody damaged: the experiments and a file with everything, each changed in a few places.</summary>
internal static partial class MutatedFiles
{
    /// <summary>A file that uses everything that a sweep file can say.</summary>
    public const string Everything = """
        # Everything at once.
        name: everything
        description: "Does a file with everything in it, \u00e9ven this, survive?"
        project: heads
        entity: lab
        program: gpt
        method: random
        run_cap: 6
        metric: {name: val_loss, goal: minimize, target: 1.7, impute: latest, impute_while_running: false}
        early_terminate: {type: hyperband, max_iter: 27, s: 2, eta: 3, strict: true}
        parameters:
          heads: {values: [1, 2, 4]}
          head_kind: {values: [shared, causal, linear], probabilities: [0.5, 0.25, 0.25]}
          bias: {values: [yes, off]}
          untie_at: {values: [never, 0.5, 2/3]}
          loss_weights:
            values: ["[1]", "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]"]
          layers: {min: 1, max: 6}
          width: {distribution: q_uniform, min: 32, max: 128, q: 32}
          attention_heads: {distribution: constant, value: !!int "4"}
          dropout: {distribution: q_beta, a: 2, b: 8, q: 0.05}
          data: {value: grammar}
          steps: {value: 3e2}
          optimizer:
            parameters:
              learning_rate: &log
                distribution: log_uniform_values
                min: 1e-4
                max: 1E-2
              weight_decay: {<<: *log, max: .1}
              beta1: {distribution: uniform, min: 0.8, max: 0.95}
              beta2: {distribution: inv_log_uniform_values, min: 0.9, max: 0.999}
              gradient_clip: {distribution: log_normal, mu: 0, sigma: 0.5}
        when:
          loss_weights: {parameter: heads, in: [2, 4]}
          head_kind: {parameter: heads, in: [2, 4]}
        skip:
          - heads == 4 and head_kind == 'causal'
          - "not bias and (layers >= 5 or untie_at == '2/3') and head_kind not in ['linear', 'shared']"
        seeds: 2
        resources: {cpus: 1, memory: 8GiB}
        priority: 60
        retries: {user: 0, oom: 1, machine: 7}
        schedule: {cron: "30 2 * * 1-5", timezone: America/New_York, nights: 7, overlap: queue}
        alert: {on: [regression, slower], command: ["notify-send", "--", "${job}: ${message}"]}
        """;

    /// <summary>A file of a program of the user's.</summary>
    public const string Command = """
        program: train.py
        command: ["${env}", "${interpreter}", "${program}", --out, "${envvar:HOME}/x", "${args_json_file}", 5]
        method: random
        run_cap: 4
        metric: {name: val/loss, goal: minimize, target: 1.7}
        metrics:
          - "step {step}: train loss {train_loss}, val loss {val/loss}"
          - "step:{step}/{_} val_loss:{val_loss} time:{ms}ms"
        parameters:
          lr: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}
          model: {parameters: {layers: {values: [1, [2, {a: 3}]]}, wide: {values: [yes, no]}}}
        when: {lr: {parameter: model.wide, in: [true]}}
        skip: ["model.wide and lr > 5e-3"]
        seeds: {min: 2, max: 4, until: "p < 0.05"}
        """;

    private static readonly string[] Numbers =
        ["0", "-1", "3", "0.5", "1e308", "-1e-320", "2147483648", "9223372036854775807", "1e20", ".inf", ".nan", "0x1F", "010", "1_0", "1e", "--1", "1.2.3", new string('9', 400)];

    private static readonly string[] Letters =
        ["\0", "\ud800", "\udc00", "\ufeff", "\u2028", "\u0085", "\u00a0", "\t", "\r", "\u202e", "e\u0301", "😀", "→", "½", "\u001b", "\ufffe", "Ⅷ", "١"];

    private static readonly string[] Pieces =
        ["[", "]", "{", "}", "(", ")", "'", "\"", ":", ": ", ",", "- ", "? ", "&a ", "*a", "*log", "<<: ", "!!float ", "!!", "!x ", "|", ">", "#", "%", "@", "`", "---\n", "...\n", "\n", "\\", "->", "null", "~", "-", "=", "and ", "\\x"];

    /// <summary>Between one and six changes to one of the files.</summary>
    public static Arbitrary<string> From(IReadOnlyList<string> files) => Gen.Choose(int.MinValue, int.MaxValue).Select(seed =>
    {
        var random = new SplitMix64((ulong)seed);
        var text = files[random.Below(files.Count)];
        for (var changes = 1 + random.Below(6); changes > 0; changes--) text = Changed(text, files, random);
        return text;
    }).ToArbitrary();

    private static string Changed(string text, IReadOnlyList<string> files, SplitMix64 random)
    {
        var lines = text.Split('\n').ToList();
        var (line, other) = (random.Below(lines.Count), random.Below(lines.Count));
        var at = random.Below(text.Length + 1);
        T Any<T>(IReadOnlyList<T> choices) => choices[random.Below(choices.Count)];
        switch (random.Below(14))
        {
            case 0: lines.RemoveAt(line); break;
            case 1: lines.Insert(other, lines[line]); break;
            case 2: (lines[line], lines[other]) = (lines[other], lines[line]); break;
            case 3: lines[line] = new string(' ', random.Below(9)) + lines[line].TrimStart(); break;
            case 4: return at < text.Length ? text.Remove(at, 1) : text;
            case 5: return at < text.Length ? text.Insert(at, text[at].ToString()) : text;
            case 6: return at > 1 ? text[..(at - 2)] + text[at - 1] + text[at - 2] + text[at..] : text;
            case 7 or 8:
                var numbers = Number().Matches(text);
                if (numbers.Count == 0) return text;
                var number = Any(numbers);
                return text[..number.Index] + Any(Numbers) + text[(number.Index + number.Length)..];
            case 9: return text.Insert(at, Any(Pieces));
            case 10: return text.Insert(at, Any(Letters));
            case 11: return text.Insert(at, string.Concat(Enumerable.Repeat(Any<string>(["[", "{a: ", "- ", "(", "not ", "? ", "{", "\n ", "1+"]), Any<int>([2, 40, 3000]))));
            case 12: return text[..at];
            default:
                var source = Any(files);
                var from = random.Below(source.Length);
                return text.Insert(at, source.Substring(from, Math.Min(random.Below(80), source.Length - from)));
        }
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")]
    private static partial Regex Number();
}
