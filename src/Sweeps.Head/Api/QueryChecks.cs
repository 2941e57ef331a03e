using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Sweeps.Core;

namespace Sweeps.Head.Api;

/// <summary>
/// Looks at the query before an endpoint does: a name that the endpoint does not know, or a value that is not allowed, is answered with a
/// sentence that names the parameter and what it may be. Ranges are those of <see cref="RangeAttribute"/> on the endpoint's parameters.
/// </summary>
internal static class QueryChecks
{
    /// <summary>For a group of endpoints.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext factory, EndpointFilterDelegate next)
    {
        var known = factory.MethodInfo.GetParameters().SelectMany(Parameters).ToDictionary(parameter => parameter.Name!, StringComparer.OrdinalIgnoreCase);
        return invocation =>
        {
            foreach (var (name, values) in invocation.HttpContext.Request.Query)
                if (Problem(known, name, values) is { } problem)
                    return ValueTask.FromResult<object?>(TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest));
            return next(invocation);
        };
    }

    /// <summary>What an endpoint's parameter takes from the query.</summary>
    private static IEnumerable<ParameterInfo> Parameters(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttributes().OfType<IFromRouteMetadata>().Any() || parameter.Name == "id" || parameter.Name == "chart") return [];
        var type = Item(parameter.ParameterType);
        return type.IsEnum || type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(bool) ? [parameter] : [];
    }

    private static string? Problem(Dictionary<string, ParameterInfo> known, string name, StringValues values)
    {
        if (!known.TryGetValue(name, out var parameter))
            return known.Count == 0 ? $"There is no parameter '{name}' here; this resource has none."
                : $"There is no parameter '{name}' here; {(Nearest.To(name, known.Keys) is { } near ? $"did you mean '{near}'?" : $"there are {string.Join(", ", known.Keys)}.")}";
        if (values.Count > 1 && !parameter.ParameterType.IsArray) return $"'{parameter.Name}' is given {values.Count} times; give it once.";
        return values.Select(value => Refusal(parameter, value ?? "")).FirstOrDefault(refusal => refusal is not null);
    }

    private static string? Refusal(ParameterInfo parameter, string value)
    {
        var type = Item(parameter.ParameterType);
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(name => name.ToLowerInvariant()).ToArray();
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

    private static Type Item(Type type) => type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
}
