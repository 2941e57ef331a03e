using System.Data.Common;
using Sweeps.Results.Databases;

namespace Sweeps.Results.Writing;

/// <summary>A statement that is prepared once and executed often. Its parameters are given in the order in which the text first names them.</summary>
internal sealed class PreparedStatement(DbConnection connection, string sql) : IDisposable
{
    private readonly DbCommand command = connection.CommandOf(sql);

    /// <summary>Makes it part of a transaction.</summary>
    public void Enlist(DbTransaction transaction) => command.Transaction = transaction;

    /// <summary>Executes it.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Execute(params ReadOnlySpan<object?> values) => With(values).ExecuteNonQuery();

    /// <summary>The rows; to be disposed of before any other statement is executed.</summary>
    public DbDataReader Read(params ReadOnlySpan<object?> values) => With(values).ExecuteReader();

    /// <summary>The first column of the first row as a whole number; null where there is no row.</summary>
    public long? Number(params ReadOnlySpan<object?> values) => (long?)With(values).ExecuteScalar();

    /// <summary>Whether there is a row.</summary>
    public bool Any(params ReadOnlySpan<object?> values)
    {
        using var reader = Read(values);
        return reader.Read();
    }

    public void Dispose() => command.Dispose();

    private DbCommand With(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            // What is true or false is kept as 1 or 0.
            command.Parameters[i].Value = values[i] switch { null => DBNull.Value, true => 1L, false => 0L, var value => value };
        }
        return command;
    }
}
