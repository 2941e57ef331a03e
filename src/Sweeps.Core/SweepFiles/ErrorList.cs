namespace Sweeps.Core.SweepFiles;

/// <summary>Collects the errors of one file while it is read.</summary>
internal sealed class ErrorList(string file)
{
    private readonly HashSet<SweepFileError> errors = [];

    public int Count => errors.Count;

    public void Add(FileNode node, string message) =>
        Add(node.Line, node.Column, (node as ScalarNode)?.Text ?? "", message);

    public void Add(int line, int column, string text, string message) => errors.Add(new SweepFileError(file, line, column, text, message));

    public SweepFileException ToException() =>
        new([.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)]);
}
