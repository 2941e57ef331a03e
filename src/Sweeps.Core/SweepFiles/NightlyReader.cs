using Sweeps.Core.Nightly;

namespace Sweeps.Core.SweepFiles;

/// <summary>Reads <c>schedule</c> and <c>alert</c>: when a nightly job's nights are, and who hears of them.</summary>
internal sealed class NightlyReader(NodeReader nodes, MapNode file)
{
    private const string ScheduleExample = "{cron: \"0 2 * * *\", timezone: Europe/Paris}";
    private const string CommandExample = "command: [\"notify-send\", \"${message}\"]";
    private const string AlertExample = "{on: [regression, failed], command: [\"notify-send\", \"${message}\"]}";
    private const int MostNights = 365;

    private static readonly Dictionary<string, NightEvent> Events = Named<NightEvent>();
    private static readonly Dictionary<string, NightOverlap> Overlaps = Named<NightOverlap>();

    private ErrorList Errors => nodes.Errors;

    /// <summary>Null where the file has none, and, with an error, where it makes no sense.</summary>
    public NightlySpec? Schedule()
    {
        if (file.Find("schedule") is not { } entry || nodes.Map(entry.Value, "schedule", ScheduleExample) is not { } map) return null;
        nodes.Keys(map, ["cron", "timezone", "nights", "overlap"], new Dictionary<string, string> { ["time_zone"] = "is written 'timezone' here" }, " in 'schedule'");
        if (map.Find("cron") is null) nodes.Missing(map, "cron", "write the minute, hour, day of the month, month and day of the week, such as cron: \"0 2 * * *\" for each night at two");
        var cron = map.Find("cron") is { } written ? nodes.Text(written.Value, "cron") : null;
        var zone = map.Find("timezone") is { } place ? nodes.Text(place.Value, "timezone") : null;
        if (cron is not null && Problem(cron, null) is { } wrong) Errors.Add(map.Find("cron")!.Value.Value, wrong);
        if (zone is not null && Problem("0 0 * * *", zone) is { } unknown) Errors.Add(map.Find("timezone")!.Value.Value, unknown);
        var nights = map.Find("nights") is { } count ? (int?)nodes.Whole(count.Value, "nights", 1, MostNights) : NightlySpec.DefaultNights;
        var overlap = map.Find("overlap") is { } policy ? OneOf(policy.Value, "overlap", Overlaps) : NightOverlap.Skip;
        return cron is not null && Problem(cron, null) is null && Problem("0 0 * * *", zone) is null && nights is { } last && overlap is { } chosen
            ? new NightlySpec(NightlySchedule.Parse(cron, zone), last, chosen) : null;
    }

    /// <summary>Null where the file has none, and, with an error, where it makes no sense.</summary>
    public AlertSpec? Alert()
    {
        if (file.Find("alert") is not { } entry || nodes.Map(entry.Value, "alert", AlertExample) is not { } map) return null;
        var before = Errors.Count;
        nodes.Keys(map, ["on", "command"], new Dictionary<string, string>(), " in 'alert'");
        if (map.Find("on") is null) nodes.Missing(map, "on", $"say of what it tells: on: [regression, failed], or other ones of {string.Join(", ", Events.Keys)}");
        if (map.Find("command") is null) nodes.Missing(map, "command", $"name the program to start and its arguments: {CommandExample}");
        var on = map.Find("on") is { } events ? On(events.Value) : [];
        var command = map.Find("command") is { } written ? Command(written.Value) : [];
        return Errors.Count == before ? new AlertSpec(on, command) : null;
    }

    private NightEvent[] On(FileNode node)
    {
        if (node is ListNode { Items.Count: > 0 } list) return [.. list.Items.Select(item => OneOf(item, "on", Events)).OfType<NightEvent>().Distinct()];
        Errors.Add(node, $"'on' is a list of {string.Join(", ", Events.Keys)}, such as [regression, failed]{NodeReader.Not(node)}");
        return [];
    }

    private string[] Command(FileNode node)
    {
        if (node is not ListNode { Items.Count: > 0 } list)
        {
            Errors.Add(node, $"'command' is a list, the program to start and its arguments; write {CommandExample}");
            return [];
        }
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode argument) Errors.Add(item, $"an argument of the command is a single value{NodeReader.Not(item)}");
            else if (argument.Text.Contains('\0')) Errors.Add(item, "no program can be given the character NUL; remove it");
            else if (AlertMacros.Problem(argument.Text) is { } problem) Errors.Add(item, problem);
        }
        if (list.Items[0] is ScalarNode { Text: "" }) Errors.Add(list.Items[0], "the command begins with the program to start, not with an empty argument");
        return [.. list.Items.OfType<ScalarNode>().Select(item => item.Text)];
    }

    private T? OneOf<T>(FileNode node, string key, Dictionary<string, T> values) where T : struct
    {
        if (nodes.Text(node, key) is not { } text) return null;
        if (values.TryGetValue(text, out var value)) return value;
        Errors.Add(node, $"'{key}' knows {string.Join(", ", values.Keys)}, not \"{text}\"" + (Nearest.To(text, values.Keys) is { } near ? $"; did you mean \"{near}\"?" : ""));
        return null;
    }

    private static string? Problem(string cron, string? zone)
    {
        try
        {
            NightlySchedule.Parse(cron, zone);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    private static Dictionary<string, T> Named<T>() where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant());
}
