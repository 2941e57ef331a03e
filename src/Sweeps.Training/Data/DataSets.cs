using Sweeps.Core.Gpt;
using TorchSharp;

namespace Sweeps.Training.Data;

/// <summary>
/// The data sets by name: characters (<c>tinyshakespeare</c>, downloaded once and checked by its SHA-256; <c>grammar</c>, generated;
/// <c>file:PATH</c>, any UTF-8 text), bytes (<c>enwik8</c>, downloaded likewise), tokens (<c>tokens:PATH</c>) and generated tasks
/// (<c>addition</c>, <c>polynomial</c>, <c>induction</c>).
/// </summary>
public static class DataSets
{
    private static readonly Download Shakespeare = new()
    {
        Name = "tinyshakespeare", FileName = "tinyshakespeare.txt",
        Url = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        Sha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    };

    private static readonly Download Enwik8 = new()
    {
        Name = "enwik8", FileName = "enwik8", IsZip = true, Url = "http://mattmahoney.net/dc/enwik8.zip",
        Sha256 = "2b49720ec4d78c3c9fabaee6e4179a5e997302b3a70029f30f2d582218c024a8",
    };

    /// <summary>Opens the data set of a run.</summary>
    /// <param name="options">The run: data, its parameters, batch size, context and seed.</param>
    /// <param name="directory">Where downloads are kept (<c>SWEEPS_DATA</c>); relative paths of <c>file:</c> and <c>tokens:</c> are relative to the current directory.</param>
    /// <param name="futures">Targets of each position: tokens of a training window beyond the context.</param>
    /// <param name="device">Where the batches' tensors go; the CPU when it is null.</param>
    /// <exception cref="TrainingException">It cannot be had, or does not fit the options; the message is one sentence with the fix.</exception>
    public static IDataSet Open(TrainingOptions options, string directory, int futures, torch.Device? device = null)
    {
        var name = options.Data;
        var data = name switch
        {
            "addition" => Task(new Addition(options.Digits, options.Reversed)),
            "polynomial" => Task(
                new Polynomial(1, options.Operations),
                options.OodOperations > 0 ? Task(new Polynomial(options.Operations + 1, options.OodOperations)) : null),
            "induction" => Task(new Induction()),
            "enwik8" => Windows(new ByteData(name, Enwik8.Get(directory), Enwik8.Sha256)),
            _ when PathAfter("tokens:", name) is { } path => Windows(new TokenData(name, path, options.Vocabulary)),
            _ => Windows(Load(name, directory)),
        };
        return options.PadVocabularyToMultipleOf > 1 ? new PaddedDataSet(data, options.PadVocabularyToMultipleOf) : data;

        IDataSet Task(ITask task, IDataSet? beyond = null) => new TaskDataSet(task, options.BatchSize, options.Context, futures, options.Seed) { Beyond = beyond, Device = device ?? torch.CPU };

        IDataSet Windows(ICorpus corpus) => new BatchLoader(corpus, options.BatchSize, options.Context, futures, options.Seed) { Device = device ?? torch.CPU };
    }

    /// <summary>Loads a data set of characters.</summary>
    /// <param name="name">Its name in the sweep file.</param>
    /// <param name="directory">Where downloads are kept (<c>SWEEPS_DATA</c>); relative paths of <c>file:</c> are relative to the current directory.</param>
    /// <exception cref="TrainingException">It cannot be had; the message says which file to put where.</exception>
    public static TextData Load(string name, string directory) => name switch
    {
        "tinyshakespeare" => new TextData(name, File.ReadAllText(Shakespeare.Get(directory))),
        "grammar" => new TextData(name, Grammar.Generate(), documentEnd: '\n'),
        _ when PathAfter("file:", name) is { } path => new TextData(name, ReadFile(path)),
        _ => throw new TrainingException(
            $"There is no data set {name}; choose tinyshakespeare, grammar or file:PATH for characters, enwik8 for bytes, tokens:PATH for tokens, or one of the tasks addition, polynomial and induction."),
    };

    private static string? PathAfter(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TrainingException($"The data file {Path.GetFullPath(path)} cannot be read ({e.Message}); correct the path after data: file:.");
        }
    }
}
