namespace Sweeps.Training.Data;

/// <summary>Running text of any kind, split into a part to train on and a part to validate on; batches are windows of it.</summary>
public interface ICorpus : IDisposable
{
    /// <summary>Name for messages.</summary>
    string Name { get; }

    /// <summary>What tells this data from other data: part of a run's identity.</summary>
    string Sha256 { get; }

    /// <summary>Number of different tokens V.</summary>
    int Vocabulary { get; }

    /// <summary>The token that ends a document, or null.</summary>
    ushort? DocumentEnd { get; }

    /// <summary>Tokens to train on.</summary>
    ITokenSequence TrainTokens { get; }

    /// <summary>Tokens to validate on.</summary>
    ITokenSequence ValidationTokens { get; }

    /// <summary>The text that tokens stand for.</summary>
    string Decode(IEnumerable<long> tokens);

    /// <summary>The tokens of a text, so that <see cref="Decode"/> gives it back but for spaces between words.</summary>
    /// <exception cref="TrainingException">Something in it is no token; the message names it.</exception>
    long[] Encode(string text);
}
