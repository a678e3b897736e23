using System.Collections.Concurrent;
using Npgsql;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Conformance;

/// <summary>Many cases over a few databases: emptying one is quicker than making one.</summary>
internal sealed class CleanDatabases : IAsyncDisposable
{
    public const string Empty = """
        DO $$
        DECLARE name text;
        BEGIN
          FOR name IN SELECT quote_ident(extname) FROM pg_extension WHERE extname <> 'plpgsql' LOOP
            EXECUTE 'DROP EXTENSION ' || name || ' CASCADE';
          END LOOP;
          FOR name IN SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE 'DROP SCHEMA ' || name || ' CASCADE';
          END LOOP;
          FOR name IN SELECT quote_ident(pubname) FROM pg_publication LOOP
            EXECUTE 'DROP PUBLICATION ' || name;
          END LOOP;
          ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON ROUTINES TO PUBLIC;
          CREATE SCHEMA public;
        END $$
        """;

    private readonly ConcurrentBag<TestDatabase> idle = [];

    /// <summary>Runs each case on an empty database; what a case answers is what is wrong with it.</summary>
    public static async Task RunAsync<T>(IEnumerable<T> cases, Func<T, string> name, Func<TestDatabase, T, Task<string?>> run)
    {
        await using var databases = new CleanDatabases();
        var differences = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (test, _) =>
        {
            var database = databases.idle.TryTake(out var used) ? used : await TestDatabase.CreateAsync();
            try
            {
                await database.ExecuteAsync(Empty);
                if (await run(database, test) is { } difference)
                {
                    differences[name(test)] = difference;
                }
            }
            catch (PostgresException refusal)
            {
                differences[name(test)] = $"{refusal.Message} {refusal.Detail}";
            }
            finally
            {
                databases.idle.Add(database);
            }
        });

        Assert.True(differences.IsEmpty, string.Join('\n', differences.Select(d => $"{d.Key}: {d.Value}").Order(StringComparer.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in idle)
        {
            await database.DisposeAsync();
        }
    }
}
