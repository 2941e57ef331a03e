using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Head.Api;
using Sweeps.Results;
using Sweeps.Results.Access;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps token create|list|revoke</c>: who may use the head of a home from elsewhere. Through the head where one runs; else in the database.</summary>
internal static class TokenCommand
{
    private const int MostDays = 3650;

    public static Command Create() => new("token", "Let others use the head of a home, and take that back") { CreateToken(), List(), Revoke() };

    private static Command CreateToken()
    {
        var role = new Option<TokenRole?>("--role")
        {
            Description = "viewer reads; submitter also submits and controls sweeps; agent is for `sweeps agent` alone; admin may do everything",
            HelpName = "viewer|submitter|agent|admin", Required = true,
            CustomParser = result =>
            {
                if (Enum.GetValues<TokenRole>().Where(one => Word(one) == result.Tokens[0].Value).Cast<TokenRole?>().FirstOrDefault() is { } found) return found;
                result.AddError($"--role is viewer, submitter, agent or admin, not {result.Tokens[0].Value}.");
                return null;
            },
        };
        var name = new Option<string?>("--name") { Description = "Whose it is, or what for (default: the role, with a number)", HelpName = "NAME" };
        var expires = new Option<int?>("--expires")
        {
            Description = "How long it is valid, such as 90d (default: until it is revoked)", HelpName = "DAYS",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (text.EndsWith('d') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MostDays) return days;
                result.AddError($"--expires is a number of days from 1d to {MostDays}d, not {text}.");
                return null;
            },
        };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "Write the token to a new file that its owner alone can read, instead of printing it", HelpName = "FILE" };
        var home = Home.CreateOption();
        var command = new Command("create", "Make a token; it is told this once") { role, name, expires, output, home };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed.GetValue(home));
            var file = parsed.GetValue(output);
            if (file is { Exists: true }) throw new CommandFailure(ExitCode.BadInput, $"{file} exists: a token is written to a new file.");
            var wanted = new NewToken(parsed.GetValue(role)!.Value, parsed.GetValue(name), parsed.GetValue(expires));
            TokenCreated created;
            using (var head = await HeadClient.FindAsync(place)) created = head is not null ? await head.CreateTokenAsync(wanted) : await CreateAsync(place, wanted);
            var about = created.About;
            if (file is null) Console.WriteLine(created.Token);
            else Write(file.FullName, created.Token);
            await Console.Error.WriteLineAsync($"Token {about.Name} has the role {Word(about.Role)}{(about.ExpiresAt is { } end ? $" until {PlanText.Time(end)}" : "")}. "
                + $"It is stored nowhere: keep it now. `sweeps token revoke {about.Name}` makes it void.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<TokenCreated> CreateAsync(Home place, NewToken wanted)
    {
        await using var store = await ResultsStore.OpenAsync(place.Database);
        var (token, record) = await store.Tokens.CreateAsync(wanted.Role, wanted.Name, wanted.Days is { } days ? TimeSpan.FromDays(days) : null);
        return new TokenCreated(token, TokenView.Of(record));
    }

    private static void Write(string file, string token)
    {
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, access);
        writer.WriteLine(token);
    }

    private static Command List()
    {
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the tokens as JSON" };
        var command = new Command("list", "List all tokens, without the tokens themselves") { home, json };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed.GetValue(home));
            var tokens = File.Exists(place.Database) ? await (await ResultsQueries.OpenAsync(place.Database)).Tokens.TokensAsync() : [];
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(tokens.Select(TokenView.Of), Json.Indented));
            else if (tokens.Count == 0) Console.WriteLine($"There are no tokens in {place.Directory} yet: `sweeps token create --role viewer` makes one.");
            else
            {
                var table = new Table { Border = TableBorder.Simple };
                table.AddColumn(new TableColumn("id").RightAligned()).AddColumn("name").AddColumn("role").AddColumn("made").AddColumn("valid").AddColumn("last used");
                foreach (var token in tokens)
                    table.AddRow(new Text(token.Id.ToString(CultureInfo.InvariantCulture)), new Text(token.Name), new Text(Word(token.Role)), new Text(PlanText.Time(token.CreatedAt)),
                        new Text(token switch
                        {
                            { RevokedAt: { } revoked } => $"revoked {PlanText.Time(revoked)}",
                            { ExpiresAt: null } => "until revoked",
                            { ExpiresAt: { } end } when end <= DateTimeOffset.UtcNow => $"expired {PlanText.Time(end)}",
                            { ExpiresAt: { } end } => $"until {PlanText.Time(end)}",
                        }), new Text(token.LastUsedAt is { } used ? PlanText.Time(used) : "never"));
                Terminal.Out.Write(table);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Revoke()
    {
        var token = new Argument<string>("token") { Description = "Name or number of a token", HelpName = "NAME" };
        var home = Home.CreateOption();
        var command = new Command("revoke", "Make a token void, and the browsers' sessions that were begun with it") { token, home };
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed.GetValue(home));
            var name = parsed.GetRequiredValue(token);
            string revoked;
            using (var head = await HeadClient.FindAsync(place)) revoked = head is not null ? (await head.RevokeTokenAsync(name)).Name : await RevokeAsync(place, name);
            Console.WriteLine($"Token {revoked} is void.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<string> RevokeAsync(Home place, string name)
    {
        await using var store = await ResultsStore.OpenAsync(place.Database);
        return (await store.Tokens.RevokeAsync(name) ?? throw new CommandFailure(ExitCode.BadInput, $"there is no token {name}: `sweeps token list` shows those there are.")).Name;
    }

    private static string Word(TokenRole role) => role.ToString().ToLowerInvariant();
}
