using System.Data.Common;

namespace Sweeps.Results.Writing;

/// <summary>
/// The prepared statements on EF's connection, in its transactions: what is written often goes through them, since a tracked entity for
/// each row is some ten times slower. What is written seldom stays with EF.
/// </summary>
internal sealed class PreparedStatements(DbConnection connection) : IDisposable
{
    private readonly List<PreparedStatement> all = [];

    public PreparedStatement Prepare(string sql)
    {
        var statement = new PreparedStatement(connection, sql);
        all.Add(statement);
        return statement;
    }

    /// <summary>Makes the statements part of a transaction.</summary>
    public void Enlist(DbTransaction transaction)
    {
        foreach (var statement in all) statement.Enlist(transaction);
    }

    public void Dispose()
    {
        foreach (var statement in all) statement.Dispose();
    }
}
