using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Sweeps.Core;

namespace Sweeps.Head.Api;

/// <summary>
/// Looks at path and query before they are bound to an endpoint's parameters: a name that the endpoint does not know, or a value that is not
/// allowed, is answered with a sentence that names the parameter and what it may be. Ranges are those of <see cref="RangeAttribute"/> on the
/// parameters. Enumeration values are written as in JSON.
/// </summary>
internal static class QueryChecks
{
    private static readonly ConcurrentDictionary<MethodInfo, ParameterInfo[]> Simple = [];

    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<IEndpointNameMetadata>() is null
            || metadata.GetMetadata<MethodInfo>() is not { } method) return next(context);
        var parameters = Simple.GetOrAdd(method, static method => [.. method.GetParameters().Where(IsSimple)]);
        var (route, query) = (context.Request.RouteValues, context.Request.Query);
        var known = parameters.Where(parameter => !route.ContainsKey(parameter.Name!)).ToDictionary(parameter => parameter.Name!);
        var problem = parameters.Where(parameter => route.ContainsKey(parameter.Name!)).Select(parameter => Refusal(parameter, (string)route[parameter.Name!]!))
            .Concat(query.Select(pair => Problem(known, pair.Key, pair.Value))).FirstOrDefault(problem => problem is not null);
        if (problem is not null) return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
        foreach (var parameter in parameters.Where(parameter => Item(parameter.ParameterType).IsEnum))
            if (route.TryGetValue(parameter.Name!, out var value)) route[parameter.Name!] = Member(parameter, (string)value!);
        if (query.Keys.Any(name => Item(known[name].ParameterType).IsEnum))
            context.Request.Query = new QueryCollection(query.ToDictionary(pair => pair.Key, pair =>
                Item(known[pair.Key].ParameterType).IsEnum ? new StringValues([.. pair.Value.Select(value => Member(known[pair.Key], value!))]) : pair.Value));
        return next(context);
    }

    private static bool IsSimple(ParameterInfo parameter)
    {
        var type = Item(parameter.ParameterType);
        return type.IsEnum || type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(bool);
    }

    private static string? Problem(Dictionary<string, ParameterInfo> known, string name, StringValues values)
    {
        if (!known.TryGetValue(name, out var parameter))
            return known.Count == 0 ? $"There is no parameter '{name}' here; this resource has none."
                : $"There is no parameter '{name}' here; {(Nearest.To(name, known.Keys) is { } near ? $"did you mean '{near}'?" : $"there are {string.Join(", ", known.Keys)}.")}";
        if (values.Count > 1 && !parameter.ParameterType.IsArray) return $"'{name}' is given {values.Count} times; give it once.";
        return values.Select(value => Refusal(parameter, value ?? "")).FirstOrDefault(refusal => refusal is not null);
    }

    private static string? Refusal(ParameterInfo parameter, string value)
    {
        var type = Item(parameter.ParameterType);
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(Json.Options.PropertyNamingPolicy!.ConvertName).ToArray();
            return names.Contains(value) ? null : $"'{parameter.Name}' is {string.Join(", ", names.SkipLast(1))} or {names[^1]}, not '{value}'.";
        }
        if (type == typeof(bool)) return value is "true" or "false" ? null : $"'{parameter.Name}' is true or false, not '{value}'.";
        if (type == typeof(string)) return null;
        var (least, most) = parameter.GetCustomAttribute<RangeAttribute>() is { } range
            ? (Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture), Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture))
            : (0, type == typeof(int) ? int.MaxValue : long.MaxValue);
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? null : $"'{parameter.Name}' is a whole number from {least} to {most}, not '{value}'.";
    }

    /// <summary>The member of an enumeration that is written so, as binding wants it.</summary>
    private static string Member(ParameterInfo parameter, string value) =>
        Enum.GetNames(Item(parameter.ParameterType)).Single(name => Json.Options.PropertyNamingPolicy!.ConvertName(name) == value);

    private static Type Item(Type type) => type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
}
