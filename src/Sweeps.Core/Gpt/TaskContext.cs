namespace Sweeps.Core.Gpt;

/// <summary>How long the examples of the generated tasks are.</summary>
public static class TaskContext
{
    /// <summary>Coefficients of a polynomial of the ring F_7[X]/(X^5), each a token.</summary>
    public const int Coefficients = 5;

    /// <summary>
    /// The context that the longest example of the run's task needs: all its tokens but the last, which is only a target. Null for data that
    /// is cut to any context.
    /// </summary>
    public static int? Needed(TrainingOptions options) => options.Data switch
    {
        "addition" => TokensOfAddition(options.Digits) - 1,
        "polynomial" => TokensOfPolynomial(Math.Max(options.Operations, options.OodOperations)) - 1,
        _ => null,
    };

    /// <summary>Tokens of an addition: two numbers, and a sum of one digit more.</summary>
    public static int TokensOfAddition(int digits) => 3 * digits + 1;

    /// <summary>
    /// Tokens of the longest expression with its value: the operators, an operand more than operators when all are binary, the equals sign
    /// and the value.
    /// </summary>
    public static int TokensOfPolynomial(int operations) => operations + (operations + 1) * Coefficients + 1 + Coefficients;
}
