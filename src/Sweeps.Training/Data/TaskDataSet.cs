using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sweeps.Core.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Data;

/// <summary>
/// Batches of a generated task, an example a row. Examples are drawn when they are needed: those of training from (seed, step), those of the
/// validation from their place alone, so that every run is asked the same questions.
/// </summary>
public sealed class TaskDataSet : IDataSet
{
    private readonly ITask task;
    private readonly int sequences, context, futures, seed;
    private readonly Lazy<string> sha256;

    /// <summary>Prepares batches of <paramref name="sequences"/> examples, each padded to <paramref name="context"/> + <paramref name="futures"/> tokens.</summary>
    /// <exception cref="TrainingException">An example does not fit into the context.</exception>
    public TaskDataSet(ITask task, int sequences, int context, int futures, int seed)
    {
        (this.task, this.sequences, this.context, this.futures, this.seed) = (task, sequences, context, futures, seed);
        if (task.Longest > context + 1)
            throw new TrainingException($"The context {context} is too short for {task.Name}: its longest example needs {task.Longest - 1}.");
        sha256 = new Lazy<string>(Fingerprint);
    }

    /// <summary>Where the batches' tensors go.</summary>
    public Device Device { get; init; } = CPU;

    /// <inheritdoc/>
    public string Name => task.Name;

    /// <summary>Hash of the first examples of both parts.</summary>
    public string Sha256 => sha256.Value;

    /// <inheritdoc/>
    public int Vocabulary => task.Vocabulary;

    /// <inheritdoc/>
    public bool HasDocuments => false;

    /// <inheritdoc/>
    public IDataSet? Beyond { get; init; }

    /// <inheritdoc/>
    public Batch Training(int step, int? sequences = null, int? context = null) =>
        Filled(sequences ?? this.sequences, context ?? this.context, futures, Part.Training, b => RowRandom.OfTraining(seed, step, b));

    /// <inheritdoc/>
    public Batch Validation(int index, int count) => Filled(sequences, context, 1, Part.Validation, b => RowRandom.OfValidation((long)index * sequences + b));

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => task.Decode(tokens);

    /// <inheritdoc/>
    public void Dispose() => Beyond?.Dispose();

    private Batch Filled(int B, int T, int targets, Part part, Func<int, SplitMix64> random)
    {
        var length = T + targets;
        var (tokens, trained, answers) = (new long[B * length], new bool[B * length], new int[B * length]);
        for (var b = 0; b < B; b++)
        {
            var row = new Range(b * length, (b + 1) * length);
            task.Write(random(b), part, new Example(tokens.AsSpan(row), trained.AsSpan(row), answers.AsSpan(row)));
        }
        return new Batch(tokens, B, T, targets, device: Device)
        {
            Trained = Array.TrueForAll(trained, isTrained => isTrained) ? null : trained,
            Answers = answers,
        };
    }

    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = Math.Max(task.Longest, 64);
        foreach (var part in new[] { Part.Training, Part.Validation })
        {
            for (var place = 0; place < 100; place++)
            {
                var tokens = new long[length];
                task.Write(RowRandom.OfValidation(place), part, new Example(tokens, new bool[length], new int[length]));
                hash.AppendData(MemoryMarshal.AsBytes<long>(tokens));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
