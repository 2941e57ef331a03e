[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]

namespace Sweeps.Dashboard.Tests;

/// <summary>The views of a home with results, in a real browser.</summary>
public sealed class ViewTests(SampleHome home) : IClassFixture<SampleHome>
{
    [Fact]
    public Task Every_view_shows_its_data_and_charts_in_light_and_dark_without_a_complaint_or_a_foreign_request() => Browser.RunAsync("views", home.Url, home.Facts);

    [Fact]
    public Task Texts_that_attack_the_page_are_shown_and_do_nothing() => Browser.RunAsync("hostile", home.Url, home.Facts);

    [Fact]
    public Task Navigation_tables_tabs_downloads_search_and_the_dialog_are_reached_by_the_keyboard() => Browser.RunAsync("keyboard", home.Url, home.Facts);

    [Fact]
    public Task No_view_has_a_serious_obstacle_for_assistive_technology() => Browser.RunAsync("accessibility", home.Url, home.Facts);

    [Fact]
    public Task A_phone_scrolls_no_page_sideways() => Browser.RunAsync("phone", home.Url, home.Facts);

    [Fact]
    public async Task A_sweep_file_is_checked_while_it_is_written_and_submitted()
    {
        await Browser.RunAsync("submit", home.Url, home.Facts);
        Assert.Contains("submitted", (await home.ReadAsync("/api/sweeps?search=submitted"))["items"]!.AsArray().Select(sweep => (string)sweep!["name"]!));
    }
}
