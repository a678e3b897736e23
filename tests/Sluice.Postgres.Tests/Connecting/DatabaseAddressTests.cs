using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Connecting;

public sealed class DatabaseAddressTests
{
    [Fact]
    public void Every_part_of_a_url_is_read()
    {
        var address = DatabaseAddress.Parse(
            "postgresql://us%40er:p%2Fa:s%25s@db.example.com:6543/my%20db?schema=app&connect_timeout=7&application_name=x+y&options=-c%20statement_timeout%3D5&connection_limit=3&pgbouncer=true&sslmode=require");

        Assert.Equal(("us@er", "p/a:s%s", "db.example.com", 6543, "my db"), (address.User, address.Password, address.Host, address.Port, address.Database));
        Assert.Equal(("app", true, TimeSpan.FromSeconds(7), "x y"), (address.Schema, address.SchemaIsExplicit, address.ConnectTimeout, address.ApplicationName));
        Assert.Equal("-c statement_timeout=5", address.Options);
        Assert.Equal(["connection_limit", "pgbouncer"], address.OtherParameters.Items.Select(p => p.Name));
        Assert.Equal(SslMode.Require, new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(address)).SslMode);
    }

    [Theory]
    [InlineData("postgres://localhost", "localhost", 5432, "postgres", null)]
    [InlineData("postgresql://a@/db", "localhost", 5432, "db", "a")]
    [InlineData("postgresql://[::1]:1/db", "::1", 1, "db", null)]
    [InlineData("postgresql://a:p@ss@h/db", "h", 5432, "db", "a")]
    [InlineData("postgresql://a:p/ss@h/db", "h", 5432, "db", "a")]
    [InlineData("postgresql://a@localhost/db?host=/var/run/postgresql", "/var/run/postgresql", 5432, "db", "a")]
    [InlineData("postgresql://a@%2Ftmp%2Fsocket/db", "/tmp/socket", 5432, "db", "a")]
    [InlineData("postgresql:///db?host=/tmp&port=7", "/tmp", 7, "db", null)]
    public void Short_and_odd_forms_are_read(string url, string host, int port, string database, string? user)
    {
        var address = DatabaseAddress.Parse(url);

        Assert.Equal((host, port, database, user), (address.Host, address.Port, address.Database, address.User));
        Assert.Equal("public", address.Schema);
    }

    [Theory]
    [InlineData("mysql://user:s3cret@h/db")]
    [InlineData("user:s3cret@h/db")]
    [InlineData("postgresql://user:x@h:s3cret/db")]
    [InlineData("postgresql://user:s3cret@[::1/db")]
    [InlineData("postgresql://user:s3cret@h/db?sslmode=nonsense")]
    [InlineData("postgresql://user:s3cret@h/db?connect_timeout=-1")]
    public void A_wrong_url_is_explained_without_its_password(string url)
    {
        var problem = Assert.Throws<ProblemException>(() => DatabaseAddress.Parse(url)).Problem;

        Assert.Equal("P1013", problem.Code);
        Assert.DoesNotContain("s3cret", problem.Message + string.Concat(problem.Remedies), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://u:s3cr%40t@h:5433/db?schema=a%20b&sslmode=verify-full&sslrootcert=%2Fca.pem&pgbouncer=true")]
    [InlineData("postgresql://u@h:5432/db")]
    [InlineData("postgresql://u:p@localhost:5432/db?host=%2Ftmp&sslcert=%2Fc.pem&sslkey=%2Fk.pem&sslpassword=abc")]
    public void An_address_is_written_back_as_it_was(string url)
    {
        var address = DatabaseAddress.Parse(url);

        Assert.Equal(url, address.ToUrl());
        Assert.Equal(address, DatabaseAddress.Parse(address.ToUrl()));
    }

    [Fact]
    public void No_text_of_an_address_holds_its_passwords()
    {
        var address = DatabaseAddress.Parse("postgresql://u:s3cr%40t@h/db?sslidentity=x.p12&sslpassword=t0psecret");

        Assert.DoesNotContain("s3cr", address.ToString() + address.Redacted + address.Tls + $"{address}", StringComparison.Ordinal);
        Assert.DoesNotContain("t0psecret", address.ToString() + address.Redacted + address.Tls, StringComparison.Ordinal);
        Assert.Contains("u:***@h", address.Redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sslmode=require&sslaccept=strict", SslMode.VerifyFull)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=disable", SslMode.Disable)]
    [InlineData("sslmode=verify-ca", SslMode.VerifyCA)]
    [InlineData("", SslMode.Prefer)]
    public void TLS_modes_mean_what_they_mean_in_Prisma(string parameters, SslMode mode)
    {
        var address = DatabaseAddress.Parse("postgresql://u@h/db?" + parameters);

        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(address)).SslMode);
    }

    [Fact]
    public void The_variables_are_read()
    {
        var variables = new Dictionary<string, string>
        {
            ["DB_HOST"] = "h",
            ["DB_PORT"] = "1",
            ["DB_NAME"] = "d",
            ["DB_USER"] = "u",
            ["DB_PASSWORD"] = "p@:/",
            ["DB_SSL_MODE"] = "require",
            ["DB_CONNECTION_TIMEOUT_MS"] = "1500",
            ["DB_MAX_RETRIES"] = "0",
            ["DB_RETRY_DELAY_MS"] = "10",
        };
        var address = DatabaseAddress.FromVariables(variables.GetValueOrDefault)!.WithLimits(variables.GetValueOrDefault);

        Assert.Equal(("h", 1, "d", "u", "p@:/", "require"), (address.Host, address.Port, address.Database, address.User, address.Password, address.Tls.Mode));
        Assert.Equal((TimeSpan.FromMilliseconds(1500), new RetryPolicy(0, TimeSpan.FromMilliseconds(10))), (address.ConnectTimeout, address.Retry));
        Assert.Null(DatabaseAddress.FromVariables(_ => null));
    }

    [Theory]
    [InlineData("CREATE ROLE x LOGIN PASSWORD 'it''s secret' VALID UNTIL 'x'", "CREATE ROLE x LOGIN PASSWORD '***' VALID UNTIL 'x'")]
    [InlineData("OPTIONS (user 'u', password 'secret')", "OPTIONS (user 'u', password '***')")]
    [InlineData("dblink('host=h password=secret dbname=d')", "dblink('host=h password=*** dbname=d')")]
    [InlineData("connect to postgresql://u:secret@h/db now", "connect to postgresql://u:***@h/db now")]
    [InlineData("no such password column", "no such password column")]
    [InlineData("PASSWORD $$secret$$ LOGIN", "PASSWORD '***' LOGIN")]
    [InlineData("PASSWORD $a$sec$$ret$a$ LOGIN", "PASSWORD '***' LOGIN")]
    [InlineData("PASSWORD /* of his */ 'secret' LOGIN", "PASSWORD /* of his */ '***' LOGIN")]
    [InlineData("PASSWORD E'sec\\'ret' LOGIN", "PASSWORD '***' LOGIN")]
    [InlineData("PASSWORD U&'secret' LOGIN", "PASSWORD '***' LOGIN")]
    [InlineData("PASSWORD 'sec''ret' LOGIN", "PASSWORD '***' LOGIN")]
    [InlineData("PASSWORD 'secret cut", "PASSWORD '***'")]
    [InlineData("SET app.password TO 'secret'", "SET app.password TO '***'")]
    [InlineData("connect(password := 'secret')", "connect(password := ***)")]
    [InlineData("connect(password => 'secret')", "connect(password => ***)")]
    [InlineData("'host=h password = ''secret'''", "'host=h password = ***'")]
    [InlineData("DB_PASSWORD=hunter2 DB_HOST=h", "DB_PASSWORD=*** DB_HOST=h")]
    [InlineData("PGPASSWORD='hunter2 more' psql", "PGPASSWORD=*** psql")]
    [InlineData("Host=h;Pwd=hunter2;Database=d", "Host=h;Pwd=***;Database=d")]
    [InlineData("{\"password\": \"hunter two\"}", "{\"password\": ***}")]
    [InlineData("UPDATE u SET password = E'a\\'b' WHERE x", "UPDATE u SET password = *** WHERE x")]
    [InlineData("UPDATE u SET password = crypt('hunter two', gen_salt('bf'))", "UPDATE u SET password = ***, gen_salt('bf'))")]
    [InlineData("ALTER USER u PASSWORD hunter;", "ALTER USER u PASSWORD ***;")]
    [InlineData("ALTER ROLE u WITH LOGIN PASSWORD NULL", "ALTER ROLE u WITH LOGIN PASSWORD NULL")]
    [InlineData("the password hunter2 is wrong", "the password *** is wrong")]
    [InlineData("password authentication failed", "password authentication failed")]
    [InlineData("password varchar(255), password int8", "password varchar(255), password int8")]
    [InlineData("Key (name, password)=(n, hunter two) already exists.", "Key (name, password)=(***) already exists.")]
    [InlineData("password_hash text NOT NULL", "password_hash text NOT NULL")]
    public void Secrets_are_taken_out_of_texts(string text, string clean)
    {
        Assert.Equal(clean, Redaction.Clean(text));
    }

    [Fact]
    public void A_password_that_a_script_gives_is_taken_out_of_the_servers_words_too()
    {
        var address = DatabaseAddress.Parse("postgresql://u:ownword@h/d");
        foreach (var script in new[] { "ALTER ROLE x PASSWORD plainword", "ALTER ROLE x PASSWORD 'plainword'", "CREATE ROLE x PASSWORD E'plainword'", "ALTER ROLE x PASSWORD $q$plainword$q$", "SELECT c('password=plainword')" })
        {
            Assert.Equal("syntax error at or near \"***\", ***", Redaction.Clean("syntax error at or near \"plainword\", ownword", address, script));
        }
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("3", "2")]
    public void A_pool_that_cannot_be_is_refused(string minimum, string maximum) =>
        Assert.Contains("DB_POOL_MIN", Assert.Throws<ProblemException>(() => DatabaseAddress.Parse("postgresql://h/d").WithLimits(n => n switch { "DB_POOL_MIN" => minimum, "DB_POOL_MAX" => maximum, _ => null })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("y")]
    [InlineData("y://")]
    [InlineData("password '")]
    [InlineData("password $$")]
    [InlineData("password /*")]
    [InlineData("create role ")]
    [InlineData("(password")]
    [InlineData("password=''")]
    [InlineData("_password = x(")]
    public void A_text_four_times_as_long_takes_four_times_as_long_to_clean(string piece)
    {
        // Where the time grew by the square of the length, it would be sixteen times.
        var (some, more) = (Time(100_000), Time(400_000));

        Assert.True(more < (8 * some) + TimeSpan.FromMilliseconds(20), $"{some.TotalMilliseconds:0} ms, then {more.TotalMilliseconds:0} ms");

        TimeSpan Time(int length)
        {
            var text = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
            return Enumerable.Range(0, 3).Min(_ => ThreadClock.Measure(() => Redaction.Clean(text)));
        }
    }
}
