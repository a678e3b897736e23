using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sluice.Postgres.Backup;

/// <summary>
/// The definition of every object of a database as the server spells it, functions, triggers, checks and policies included:
/// what the catalog of the schema language does not hold, a backup must not lose either.
/// </summary>
internal sealed partial record ObjectList(ImmutableSortedDictionary<string, string> Definitions)
{
    private const string ForeignKey = "foreign key ";

    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, definition) in Definitions)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{definition}\0"));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Without those that rows out of reach would break.</summary>
    public ObjectList WithoutForeignKeys =>
        new(Definitions.RemoveRange(Definitions.Keys.Where(k => k.StartsWith(ForeignKey, StringComparison.Ordinal))));

    public static async Task<ObjectList> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var list = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            list[$"{reader.GetString(0)} {reader.GetString(1)}"] = Plain(reader.GetString(2));
        }

        return new ObjectList(list.ToImmutable());
    }

    /// <summary>What <paramref name="other"/> lacks, has besides, or has otherwise.</summary>
    public IEnumerable<string> DifferencesTo(ObjectList other) =>
        Definitions.Where(d => !other.Definitions.TryGetValue(d.Key, out var there) || there != d.Value).Select(d => d.Key)
            .Concat(other.Definitions.Keys.Where(k => !Definitions.ContainsKey(k)));

    // Reading a definition and printing it again moves casts about: `(ARRAY['a'::varchar])::text[]` comes back as
    // `ARRAY[('a'::varchar)::text]`. So casts, parentheses and blanks are left out of what is compared.
    private static string Plain(string definition) => Noise().Replace(Cast().Replace(definition, ""), "");

    [GeneratedRegex("""::("[^"]+"|\w+)(\.("[^"]+"|\w+))?( varying| precision)?(\(\d+(,\d+)?\))?( with(out)? time zone)?(\[\])*""", RegexOptions.CultureInvariant)]
    private static partial Regex Cast();

    [GeneratedRegex(@"[\s()]+", RegexOptions.CultureInvariant)]
    private static partial Regex Noise();
}
