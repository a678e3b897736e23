using System.Reflection;
using Npgsql;
using Sluice.Auth.Administration;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

/// <summary>The server understands every statement that a store has made at start, whatever the options say of the tables.</summary>
public sealed class StatementsTests
{
    // What the server says of parameters whose types only a client would say.
    private static readonly string[] Untyped = [PostgresErrorCodes.IndeterminateDatatype, PostgresErrorCodes.AmbiguousFunction, PostgresErrorCodes.DatatypeMismatch];

    [Fact]
    public Task Under_default_names() => UnderstoodAsync(_ => { });

    [Fact]
    public Task Where_everything_that_may_be_absent_is_absent() => UnderstoodAsync(
        o => o.Tables.Absent.UnionWith(Declared.Optional),
        string.Join('\n', Declared.Optional.Select(c => c.Split('.')).Select(c => $"ALTER TABLE {c[0]} DROP COLUMN \"{c[1]}\" CASCADE;")));

    [Fact]
    public Task In_snake_case_with_a_prefix_and_cuids_over_columns_of_other_types() => UnderstoodAsync(
        o =>
        {
            o.Tables.Columns = ColumnStyle.SnakeCase;
            o.Tables.Prefix = "auth_";
            o.Tables.Ids = IdKind.Cuid;
            (o.Tables.Types["users.email"], o.Tables.Types["users.username"]) = ("citext", "citext");
            (o.Tables.Types["users.emailVerified"], o.Tables.Types["sessions.ipAddress"]) = ("boolean", "inet");
        },
        """
        CREATE EXTENSION citext;
        ALTER TABLE auth_users ALTER COLUMN email TYPE citext, ALTER COLUMN username TYPE citext, ALTER COLUMN email_verified TYPE boolean USING false;
        ALTER TABLE auth_sessions ALTER COLUMN ip_address TYPE inet USING NULL;
        """);

    private static async Task UnderstoodAsync(Action<SluiceAuthOptions> configure, string changes = "")
    {
        var plain = await AnswersAsync(_ => { }, "");
        Assert.All(plain, a => Assert.True(a.Value.Code is null || Untyped.Contains(a.Value.Code), $"{a.Key}: {a.Value}"));
        Assert.True(plain.Count(a => a.Value.Code is null) > 50, $"{plain.Count(a => a.Value.Code is null)} of {plain.Count} statements");

        // Under other names it says the same; of a parameter that is not used where a column is absent it cannot tell the type.
        Assert.Empty((await AnswersAsync(configure, changes)).Where(a => a.Value.Code != plain[a.Key].Code && a.Value.Code is not PostgresErrorCodes.IndeterminateDatatype).Select(a => $"{a.Key}: {a.Value}"));
    }

    private static async Task<Dictionary<string, (string? Code, string? Message, string Sql)>> AnswersAsync(Action<SluiceAuthOptions> configure, string changes)
    {
        await using var database = await TestDatabase.CreateAsync();
        var naming = new SluiceAuthOptions();
        configure(naming);
        var made = new TableOptions { Columns = naming.Tables.Columns, Prefix = naming.Tables.Prefix, Ids = naming.Tables.Ids };
        await database.ExecuteAsync(string.Join('\n', new NamedMigrations(Names.Resolve(made), new HashSet<string>()).All().Select(m => m.Sql)) + changes);
        // Where the allow-list is off, its conditions are not there.
        await using var node = await TestNode.StartAsync(database, o => { o.AllowList.Enabled = true; configure(o); });
        await using var connection = await database.Source.OpenConnectionAsync();
        var answers = new Dictionary<string, (string? Code, string? Message, string Sql)>(StringComparer.Ordinal);
        foreach (var (where, sql) in Statements(node).Concat(Lists(node)))
        {
            try
            {
                await using var prepare = new NpgsqlCommand($"PREPARE statement AS {sql}; DEALLOCATE statement", connection);
                await prepare.ExecuteNonQueryAsync();
                answers[where] = (null, null, sql);
            }
            catch (PostgresException error)
            {
                answers[where] = (error.SqlState, error.MessageText, sql);
            }
        }

        return answers;
    }

    private static IEnumerable<(string Where, string Sql)> Statements(TestNode node) =>
        from type in typeof(SluiceAuthOptions).Assembly.GetTypes()
        where type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        let service = node.Services.GetService(type)
        where service is not null
        from field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        let sql = field.GetValue(service) as string
        where sql is not null && Commands.Any(c => sql.TrimStart().StartsWith(c, StringComparison.Ordinal))
        select ($"{type.Name}.{field.Name}", sql);

    // Made when they are asked for, of parts: each part is there at least once.
    private static IEnumerable<(string Where, string Sql)> Lists(TestNode node) =>
        UserFilter.States.Append(null).Select(state => UserListing.Sql(new("a", state, "ADMIN"), true))
            .Concat([AuditListing.Sql(new("a", "a", "a", "a", "a", DateTime.UnixEpoch, DateTime.UnixEpoch), true), MailListing.Sql(new("a", "a", "a", "a"), true)])
            .Select((sql, i) => ($"list {i}", node.Get<AuthDatabase>().Names.Sql(sql)));

    private static readonly string[] Commands = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
}
