using Sweeps.Core.SweepFiles;
using Sweeps.Core.Search;
using Sweeps.Results.Access;
using Sweeps.Results.Plans;

namespace Sweeps.Dashboard.Tests;

/// <summary>The dashboard of a head that wants tokens, in a real browser.</summary>
public sealed class LoginTests
{
    private const string Yaml = "name: guarded\nmethod: grid\nparameters: {heads: {values: [1]}, steps: {value: 100}, data: {value: grammar}}\n";

    [Fact]
    public async Task A_browser_logs_in_with_a_token_sees_what_its_role_allows_and_is_out_when_the_token_is_revoked()
    {
        await using var head = new Head();
        long sweep;
        string viewer, submitter;
        await using (var store = await head.OpenStoreAsync())
        {
            viewer = (await store.Tokens.CreateAsync(TokenRole.Viewer, null, null)).Token;
            submitter = (await store.Tokens.CreateAsync(TokenRole.Submitter, null, null)).Token;
            var spec = SweepFile.Parse(Yaml, "guarded.yaml");
            sweep = await store.CreateSweepAsync(NewSweep.Of(spec, SweepPlan.Of(spec)));
        }
        await head.StartAsync(slots: 0, "--require-token");
        await Browser.RunAsync("login", head.Url, new { sweep, name = "guarded", viewer, submitter }, async _ =>
        {
            await head.RunAsync("token", "revoke", "submitter");
            return "revoked";
        });
    }
}
