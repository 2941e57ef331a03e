using Sweeps.Core.Gpt;

namespace Sweeps.Core.SweepFiles;

/// <summary>What is known of the parameters of a sweep's program before its file is read.</summary>
internal abstract class ProgramParameters
{
    /// <summary>Those of the built-in trainer.</summary>
    public static ProgramParameters Gpt { get; } = new GptTable();

    /// <summary>Those of any other program: every name is one, and every one may hold others.</summary>
    public static ProgramParameters Free { get; } = new Anything();

    /// <summary>Whether values may be mappings and lists of lists.</summary>
    public abstract bool AllowsNesting { get; }

    /// <summary>The parameter of a name; null when the program has none.</summary>
    public abstract ParameterRule? Find(string name);

    /// <summary>The parameter that was probably meant by a name that is none.</summary>
    public abstract ParameterRule? Suggest(string name);

    /// <summary>One sentence for a name that is no parameter.</summary>
    public abstract string Unknown(string name);

    /// <summary>Null for the name of a group, otherwise a sentence that says why it is none.</summary>
    /// <param name="prefix">The groups that it is written under, with a dot at the end; empty for none.</param>
    /// <param name="name">The name with the prefix.</param>
    public abstract string? NoGroup(string prefix, string name);

    private sealed class GptTable : ProgramParameters
    {
        public override bool AllowsNesting => false;

        public override ParameterRule? Find(string name) => GptParameters.Find(name) is { } parameter ? ParameterRule.Of(parameter) : null;

        public override ParameterRule? Suggest(string name) => GptParameters.Suggest(name) is { } near ? Find(near) : null;

        public override string Unknown(string name)
        {
            var dot = name.LastIndexOf('.');
            return dot > 0 && GptParameters.Find(name[(dot + 1)..]) is { } elsewhere
                ? $"\"{elsewhere.Name}\" is not in the group \"{name[..dot]}\"; write it at the top or under \"{elsewhere.Group}\""
                : GptParameters.UnknownName(name);
        }

        public override string? NoGroup(string prefix, string name) => GptParameters.Groups.Contains(name) ? null
            : GptParameters.Find(name) is not null ? $"\"{name}\" is a parameter, not a group; give it value, values or a distribution"
            : $"the trainer has no group of parameters \"{name}\""
                + (prefix.Length > 0 ? $"; write its parameters directly under \"{prefix.TrimEnd('.')}\""
                    : Nearest.To(name, GptParameters.Groups) is { } near ? $"; did you mean \"{near}\"?" : $"; it has {string.Join(", ", GptParameters.Groups)}");
    }

    private sealed class Anything : ProgramParameters
    {
        public override bool AllowsNesting => true;

        public override ParameterRule Find(string name) => ParameterRule.Free(name);

        public override ParameterRule? Suggest(string name) => null;

        public override string Unknown(string name) => throw new InvalidOperationException("Every name is a parameter.");

        public override string? NoGroup(string prefix, string name) => null;
    }
}
