using Sweeps.Training.Checkpoints;
using Sweeps.Training.Data;

namespace Sweeps.Training.Decoding;

/// <summary>A checkpoint whose model drafts for another one.</summary>
public static class DraftCheckpoint
{
    /// <summary>Whether it can: it needs the symbols of the other model.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="data">What the other model is trained on.</param>
    /// <param name="dataDirectory">Where data sets are kept.</param>
    /// <exception cref="TrainingException">It cannot be read, or its symbols are others.</exception>
    public static void Check(string path, IDataSet data, string dataDirectory)
    {
        using var other = OpenData(path, dataDirectory);
        if (!Symbols(other).SequenceEqual(Symbols(data)))
            throw new TrainingException($"The draft {path} was trained on {other.Name}, whose symbols are not those of {data.Name}; a draft needs the model's symbols.");
    }

    /// <summary>The data that the model of a checkpoint was trained on.</summary>
    /// <exception cref="TrainingException">It is missing or has changed, or the checkpoint cannot be read.</exception>
    public static IDataSet OpenData(string path, string dataDirectory)
    {
        var run = Checkpoint.Describe(path);
        var data = DataSets.Open(run.Options, dataDirectory, futures: 1);
        if (data.Sha256 == run.DataSha256) return data;
        data.Dispose();
        throw new TrainingException($"The data set {run.Data} is not what it was when {path} was trained; put the old file back.");
    }

    private static IEnumerable<string> Symbols(IDataSet data) => Enumerable.Range(0, data.Vocabulary).Select(token => data.Decode([token]));
}
