using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sweeps.Results.Databases;

/// <summary>Commands from SQL whose parameters are written <c>$name</c>, on either database.</summary>
internal static partial class SqlText
{
    /// <summary>The command of a text, with its parameters, still without values, in the order in which the text first names them.</summary>
    public static DbCommand CommandOf(this DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        // Npgsql takes $1 for a number in a list.
        var isNamedByAt = connection is NpgsqlConnection;
        command.CommandText = isNamedByAt ? Parameter().Replace(sql, "@$1") : sql;
        foreach (var name in Parameter().Matches(sql).Select(match => match.Groups[1].Value).Distinct())
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = (isNamedByAt ? "@" : "$") + name;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>The same with values, by name without the dollar; those that the text does not name are left out.</summary>
    public static DbCommand CommandOf(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CommandOf(sql);
        foreach (var (name, value) in values)
            foreach (DbParameter parameter in command.Parameters)
                if (parameter.ParameterName.AsSpan(1).SequenceEqual(name)) parameter.Value = value ?? DBNull.Value;
        return command;
    }

    [GeneratedRegex(@"\$([A-Za-z_]\w*)")]
    private static partial Regex Parameter();
}
