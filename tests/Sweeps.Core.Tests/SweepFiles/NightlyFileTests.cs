using Sweeps.Core.Nightly;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.SweepFiles;

public sealed class NightlyFileTests
{
    private const string Sweep = "method: grid\nparameters: {heads: {values: [1, 2]}}\n";

    [Fact]
    public void A_schedule_and_an_alert_are_read()
    {
        var spec = SweepFile.Parse(Sweep + """
            schedule: {cron: "0 2 * * *", timezone: Europe/Paris, nights: 7, overlap: queue}
            alert: {on: [regression, failed, regression], command: ["notify-send", "${message}", "costs $5 or ${night}"]}
            """, "a.yaml");
        Assert.Equal(("0 2 * * *", "Europe/Paris", 7, NightOverlap.Queue),
            (spec.Schedule!.Schedule.Cron, spec.Schedule.Schedule.TimeZone, spec.Schedule.Nights, spec.Schedule.Overlap));
        Assert.Equal([NightEvent.Regression, NightEvent.Failed], spec.Alert!.On);
        Assert.Equal(["notify-send", "${message}", "costs $5 or ${night}"], spec.Alert.Command);
    }

    [Fact]
    public void Two_weeks_in_UTC_that_skip_are_the_defaults()
    {
        var schedule = SweepFile.Parse(Sweep + "schedule: {cron: 0 2 * * *}", "a.yaml").Schedule!;
        Assert.Equal(("UTC", 14, NightOverlap.Skip), (schedule.Schedule.TimeZone, schedule.Nights, schedule.Overlap));
        var spec = SweepFile.Parse(Sweep, "a.yaml");
        Assert.Null(spec.Schedule);
        Assert.Null(spec.Alert);
    }

    [Fact]
    public void Macros_are_replaced_in_arguments_and_what_stands_for_them_is_not_read_again()
    {
        var values = new Dictionary<string, string> { ["message"] = "a ${job} \"; rm", ["job"] = "b" };
        Assert.Equal(["mail", "a ${job} \"; rm", "b: a ${job} \"; rm!", "$HOME"], AlertMacros.Expand(["mail", "${message}", "${job}: ${message}!", "$HOME"], values));
    }

    [Fact]
    public void What_a_job_measures_does_not_depend_on_when_and_who_hears_of_it()
    {
        var subject = NightlySubject.Of(SweepFile.Parse(Sweep, "a.yaml"));
        Assert.Equal(subject, NightlySubject.Of(SweepFile.Parse("name: other # new\n" + Sweep + "schedule: {cron: 0 2 * * *}\nmetric: {name: val_loss, target: 2}\n", "b.yaml")));
        Assert.NotEqual(subject, NightlySubject.Of(SweepFile.Parse(Sweep + "seeds: 2\n", "a.yaml")));
        Assert.NotEqual(subject, NightlySubject.Of(SweepFile.Parse(Sweep.Replace("[1, 2]", "[1, 4]", StringComparison.Ordinal), "a.yaml")));
        Assert.NotEqual(subject, NightlySubject.Of(SweepFile.Parse(Sweep + "metric: {name: train_loss}\n", "a.yaml")));
    }
}
