using System.Globalization;

namespace Sweeps.Core.SweepFiles;

/// <summary>Sweep files with one number changed; all else, comments too, stays as it was written.</summary>
public static class SweepFileEdit
{
    /// <summary>The file with other <c>seeds</c>; they are added where it gives none.</summary>
    /// <param name="yaml">A sweep file without errors.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <param name="seeds">From 1.</param>
    /// <exception cref="SweepFileException">They stand there in a way that cannot be changed.</exception>
    public static string WithSeeds(string yaml, string fileName, int seeds)
    {
        var errors = new ErrorList(fileName);
        var map = (MapNode)FileTree.Read(yaml, errors)!;
        if (map.Find("seeds") is { Value: MapNode } rule)
        {
            errors.Add(rule.Key, "the seeds of this sweep follow from its results; run a file with other seeds as a new sweep, which does not train again what was trained before");
            throw errors.ToException();
        }
        var written = map.Find("seeds") is { Value: ScalarNode node } ? Replaced(yaml, node, seeds)
            : yaml + (yaml.EndsWith('\n') ? "" : "\n") + string.Create(CultureInfo.InvariantCulture, $"seeds: {seeds}\n");
        return Reads(written, fileName, spec => spec.Seeds == seeds) ? written : throw Refused(errors, map.Find("seeds")?.Key ?? (FileNode)map, "seeds");
    }

    /// <summary>The file with other <c>steps</c>, where they are one number for all configurations.</summary>
    /// <param name="yaml">A sweep file without errors.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <param name="steps">From 1.</param>
    /// <exception cref="SweepFileException">They are not, or not written as <c>steps: {value: N}</c>, or the configurations cannot have so many.</exception>
    public static string WithSteps(string yaml, string fileName, int steps)
    {
        var errors = new ErrorList(fileName);
        var map = (MapNode)FileTree.Read(yaml, errors)!;
        if (map.Find("parameters")!.Value.Value is not MapNode parameters || parameters.Find("steps") is not { Value: MapNode parameter } entry
            || parameter.Find("value") is not { Value: ScalarNode node }) throw Refused(errors, map.Find("parameters")!.Value.Key, "steps");
        var written = Replaced(yaml, node, steps);
        return Reads(written, fileName, spec => spec.Timelines.All(timeline => timeline.Steps == steps)) ? written : throw Refused(errors, entry.Key, "steps");
    }

    private static string Replaced(string yaml, ScalarNode node, int number)
    {
        var start = 0;
        for (var line = 1; line < node.Line; line++) start = yaml.IndexOf('\n', start) + 1;
        start += node.Column - 1;
        return string.Concat(yaml.AsSpan(0, start), number.ToString(CultureInfo.InvariantCulture), yaml.AsSpan(start + node.Source.Length));
    }

    private static bool Reads(string yaml, string fileName, Func<SweepSpec, bool> asWanted) => asWanted(SweepFile.Parse(yaml, fileName));

    private static SweepFileException Refused(ErrorList errors, FileNode at, string key)
    {
        errors.Add(at, $"{key} cannot be changed from the command line as they stand here; change the file and give it: sweeps extend ID FILE");
        return errors.ToException();
    }
}
