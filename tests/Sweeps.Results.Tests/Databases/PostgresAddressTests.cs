using Sweeps.Results.Databases;

namespace Sweeps.Results.Tests.Databases;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ada@db.example:5433/sweeps", "db.example", 5433, "ada", "sweeps")]
    [InlineData("postgresql://ada@db.example/sweeps", "db.example", 5432, "ada", "sweeps")]
    [InlineData("postgres://a%40b@[::1]:5432/sweeps?sslmode=verify-full", "::1", 5432, "a@b", "sweeps")]
    [InlineData("postgres://ada@/sweeps?host=/var/run/postgresql", "/var/run/postgresql", 5432, "ada", "sweeps")]
    public void Addresses_are_read_as_libpq_reads_them(string text, string host, int port, string user, string name)
    {
        var connection = PostgresAddress.Parse(text).ConnectionString();
        Assert.Equal((host, port, user, name), (connection.Host, connection.Port, connection.Username, connection.Database));
    }

    [Theory]
    [InlineData("postgres://db.example", "postgres://user@host:port/name")]
    [InlineData("postgres://ada@/sweeps", "names no host")]
    [InlineData("postgres://ada@db.example:70000/sweeps", "from 1 to 65535")]
    [InlineData("postgres://ada@db.example/sweeps?password=x", "knows host, sslmode and sslrootcert")]
    [InlineData("postgres://ada@db.example/sweeps?sslmode=maybe", "sslmode is disable")]
    public void What_is_wrong_with_an_address_is_said(string text, string said) =>
        Assert.Contains(said, Assert.Throws<ResultsException>(() => PostgresAddress.Parse(text)).Message);

    [Theory]
    [InlineData("postgres://ada:hunter2@db.example/sweeps")]
    [InlineData("postgres://ada:hunter2@/")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string text)
    {
        var refused = Assert.Throws<ResultsException>(() => PostgresAddress.Parse(text));
        Assert.DoesNotContain("hunter2", refused.Message);
        Assert.Equal(ResultsFailure.Refused, refused.Failure);
    }
}
