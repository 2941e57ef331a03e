using System.CommandLine;

namespace Sweeps.Cli;

/// <summary>The options by which a command asks a head, perhaps on another machine, instead of the files of a home: <c>--head</c> or <c>$SWEEPS_HEAD</c>, with the token for it.</summary>
internal sealed class RemoteHead
{
    private const string Variable = "SWEEPS_HEAD";

    private readonly Option<Uri?> url = HeadArgument.Create();
    private readonly Option<FileInfo?> tokenFile = HeadArgument.CreateTokenFile();
    private readonly Option<FileInfo?> authority = HeadArgument.CreateAuthority();

    public RemoteHead() => url.Description = $"Address of the head to ask instead of the home, such as https://head.example.org:7071 (default: ${Variable}, else the home is asked)";

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(url);
        command.Add(tokenFile);
        command.Add(authority);
    }

    /// <summary>The head that is asked; null when it is the home.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="home">The command's option for the home, which comes before the environment.</param>
    /// <exception cref="CommandFailure">The address in the environment is none, or there is no token for a head on another machine.</exception>
    public HeadClient? Find(ParseResult parsed, Option<DirectoryInfo?> home)
    {
        var address = parsed.GetValue(url) ?? (parsed.GetValue(home) is null ? FromEnvironment() : null);
        if (address is null) return null;
        HeadArgument.Trust(parsed.GetValue(authority));
        HeadArgument.WarnOfPlainText(address);
        return HeadClient.At(address, HeadArgument.TokenFor(Home.Of(parsed, home), address, parsed.GetValue(tokenFile))());
    }

    private static Uri? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" } ? address
            : throw new CommandFailure(ExitCode.Usage, $"${Variable} is the address of a head, such as https://head.example.org:7071, not {text}.");
    }
}
