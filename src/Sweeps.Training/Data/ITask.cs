using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>A generated task: examples with answers that are right or wrong, in two disjoint parts.</summary>
public interface ITask
{
    /// <summary>Name with the parameters that matter, for messages.</summary>
    string Name { get; }

    /// <summary>Number of different tokens V.</summary>
    int Vocabulary { get; }

    /// <summary>Tokens of the longest example; 0 for a task that fills any length.</summary>
    int Longest { get; }

    /// <summary>Writes a random example of a part.</summary>
    void Write(SplitMix64 random, Part part, Example example);

    /// <summary>The text that tokens stand for.</summary>
    string Decode(IEnumerable<long> tokens);

    /// <summary>The tokens of a text, so that <see cref="Decode"/> gives it back but for spaces between words.</summary>
    /// <exception cref="TrainingException">Something in it is no token; the message names it.</exception>
    long[] Encode(string text);
}
