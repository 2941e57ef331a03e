namespace Sweeps.Training.Data;

/// <summary>
/// What a run trains on and is validated on: all that the trainer knows of its data. A training batch is a function of the run's seed and the
/// step alone, so that the position in the data is one number; validation batches are the same for every seed.
/// </summary>
public interface IDataSet : IDisposable
{
    /// <summary>Name for messages.</summary>
    string Name { get; }

    /// <summary>What tells this data from other data: part of a run's identity.</summary>
    string Sha256 { get; }

    /// <summary>Number of different tokens V.</summary>
    int Vocabulary { get; }

    /// <summary>Whether documents end in it, so that a loss can stop there.</summary>
    bool HasDocuments { get; }

    /// <summary>The same task with harder examples than training ever shows, or null; only its validation batches are used.</summary>
    IDataSet? Beyond { get; }

    /// <summary>The batch of a training step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="sequences">Rows; null for as many as a validation batch has. The first ones do not depend on how many there are.</param>
    /// <param name="context">Tokens of context; null for that of a validation batch.</param>
    Batch Training(int step, int? sequences = null, int? context = null);

    /// <summary>Batch <paramref name="index"/> of the <paramref name="count"/> batches of a validation; of the next token alone.</summary>
    Batch Validation(int index, int count);

    /// <summary>The text that tokens stand for.</summary>
    string Decode(IEnumerable<long> tokens);

    /// <summary>The tokens of a text, so that <see cref="Decode"/> gives it back but for spaces between words.</summary>
    /// <exception cref="TrainingException">Something in it is no token; the message names it.</exception>
    long[] Encode(string text);
}
