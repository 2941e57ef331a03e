using System.CommandLine;
using Sweeps.Cli.Commands;
using Sweeps.Core.Protocol;
using Sweeps.Head;

namespace Sweeps.Cli;

/// <summary>Which head a command speaks to, and with which token. A token is never an argument: all users of a machine see the arguments of its processes.</summary>
internal static class HeadArgument
{
    /// <summary>The option that names a head.</summary>
    public static Option<Uri?> Create() => new("--head")
    {
        Description = "Address of the head, such as https://head.example.org:7071 (default: that of the head that runs on the home)",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" }) return url;
            result.AddError($"--head is the address of a head, such as http://127.0.0.1:{ServeCommand.DefaultPort} or https://head.example.org:{ServeCommand.DefaultPort}, not {result.Tokens[0].Value}.");
            return null;
        },
    };

    /// <summary>The option that names a file with a token.</summary>
    public static Option<FileInfo?> CreateTokenFile() => new("--token-file")
    {
        Description = $"File with the token for --head (default: ${HeadHttp.TokenVariable}, else the file `token` in the home)", HelpName = "FILE",
    };

    /// <summary>The option that names the authority behind the head's certificate.</summary>
    public static Option<FileInfo?> CreateAuthority() => new("--ca")
    {
        Description = $"PEM file with the certificates that are trusted for --head, for a certificate that the system does not know (default: ${HeadHttp.AuthorityVariable})", HelpName = "FILE",
    };

    /// <summary>Trusts this authority, in this process and in those that it starts.</summary>
    /// <exception cref="CommandFailure">The file is none.</exception>
    public static void Trust(FileInfo? authority)
    {
        if (authority is not null) Environment.SetEnvironmentVariable(HeadHttp.AuthorityVariable, authority.FullName);
        try
        {
            HeadHttp.CreateHandler().Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{Environment.GetEnvironmentVariable(HeadHttp.AuthorityVariable)} is no PEM file with certificates: {exception.Message}");
        }
    }

    /// <summary>Where the token for a head is; it is asked for each request, because files may change. For the head of the own home it is the key in <c>head.json</c>.</summary>
    /// <param name="home">The home.</param>
    /// <param name="head">The head.</param>
    /// <param name="file">The file that was named, or null.</param>
    /// <exception cref="CommandFailure">The head is on another machine, and there is no token for it; or the named file cannot be read.</exception>
    public static Func<string?> TokenFor(Home home, Uri head, FileInfo? file)
    {
        if (file is null && IsOwn(HeadAddress.Read(home.Directory), head)) return () => HeadAddress.Read(home.Directory)?.Key;
        if (file is null && Environment.GetEnvironmentVariable(HeadHttp.TokenVariable) is { Length: > 0 } token) return () => token.Trim();
        var path = file?.FullName ?? Path.Combine(home.Directory, "token");
        if (Read(path) is null)
        {
            if (file is not null) throw new CommandFailure(ExitCode.BadInput, $"the token file {path} cannot be read, or is empty.");
            if (head.IsLoopback) return () => null;
            throw new CommandFailure(ExitCode.BadInput, $"a head on another machine wants a token, and there is none: make one there with `sweeps token create`, and give it in ${HeadHttp.TokenVariable}, with --token-file, or in {path}.");
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            Console.Error.WriteLine($"sweeps: other users can read the token in {path}: chmod 600 {path}");
        return () => Read(path);
    }

    /// <summary>Says that a token goes over a network that others may listen to.</summary>
    public static void WarnOfPlainText(Uri head)
    {
        if (head is { Scheme: "http", IsLoopback: false })
            Console.Error.WriteLine($"sweeps: {head.GetLeftPart(UriPartial.Authority)} is not encrypted: who listens on the network gets the token. `sweeps serve --tls-certificate FILE` encrypts.");
    }

    private static bool IsOwn(HeadAddress? address, Uri head) => address is not null && address.Url.Port == head.Port && address.Url.Scheme == head.Scheme && head.IsLoopback;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
