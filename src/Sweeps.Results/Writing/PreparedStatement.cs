using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Sweeps.Results.Writing;

/// <summary>A statement that is prepared once and executed often. Its parameters are given in the order in which the text first names them.</summary>
internal sealed partial class PreparedStatement : IDisposable
{
    private readonly SqliteCommand command;

    public PreparedStatement(SqliteConnection connection, string sql)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in Parameter().Matches(sql).Select(match => match.Value).Distinct())
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
    }

    /// <summary>Makes it part of a transaction.</summary>
    public void Enlist(SqliteTransaction transaction) => command.Transaction = transaction;

    /// <summary>Executes it.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Execute(params ReadOnlySpan<object?> values) => With(values).ExecuteNonQuery();

    /// <summary>The rows; to be disposed of before the statement is executed again.</summary>
    public SqliteDataReader Read(params ReadOnlySpan<object?> values) => With(values).ExecuteReader();

    /// <summary>The first column of the first row as a whole number; null where there is no row.</summary>
    public long? Number(params ReadOnlySpan<object?> values) => (long?)With(values).ExecuteScalar();

    /// <summary>Whether there is a row.</summary>
    public bool Any(params ReadOnlySpan<object?> values)
    {
        using var reader = Read(values);
        return reader.Read();
    }

    public void Dispose() => command.Dispose();

    private SqliteCommand With(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Parameter();
}
