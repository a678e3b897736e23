using System.Text;
using Sluice.Sql.Lexing;

namespace Sluice.Auth.Storage;

/// <summary>
/// The migrations that travel with the library, in the names of the options: every name of ours in them is another's where the
/// options say so, and statements about tables that the application makes itself are left out.
/// </summary>
internal sealed class NamedMigrations(Names names, IReadOnlySet<string> existing)
{
    private const string Script = "/migration.sql";

    /// <summary>Where `MigrateOnStart` keeps its history: not in the application's, whose own migrations it would confuse.</summary>
    public string HistorySchema { get; } = names.Schema == "public" ? "sluice_history" : names.Schema + "_history";

    /// <summary>In order: the name of each migration and its script.</summary>
    public IReadOnlyList<(string Name, string Sql)> All() =>
    [
        .. Embedded.NamesBelow("migrations/").Where(n => n.EndsWith(Script, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select((n, i) => (n[(n.IndexOf('/', StringComparison.Ordinal) + 1)..^Script.Length], Render(Embedded.Text(n), isFirst: i == 0))),
    ];

    /// <summary>Writes them as a folder that `sluice migrate deploy` takes; what is there already stays.</summary>
    /// <returns>The names of those that were written.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(string folder, CancellationToken cancellation)
    {
        var written = new List<string>();
        foreach (var (name, sql) in All().Where(m => !File.Exists(Path.Combine(folder, m.Name, "migration.sql"))))
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            await File.WriteAllTextAsync(Path.Combine(folder, name, "migration.sql"), sql, cancellation);
            written.Add(name);
        }

        if (!File.Exists(Path.Combine(folder, "migration_lock.toml")))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "migration_lock.toml"), Embedded.Text("migrations/migration_lock.toml"), cancellation);
        }

        return written;
    }

    private string Render(string script, bool isFirst)
    {
        var text = new StringBuilder();
        if (isFirst && names.Schema != "public")
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"CREATE SCHEMA IF NOT EXISTS {Names.Quote(names.Schema)};\n\n");
        }

        foreach (var statement in StatementSplitter.Split(script).Select(s => s.Text(script)))
        {
            var (rendered, about) = Rename(statement);
            if (about is null || !existing.Contains(about))
            {
                text.Append(rendered).Append(rendered.EndsWith(';') ? "\n\n" : ";\n\n");
            }
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <returns>The statement, and the first table of ours that it names.</returns>
    private (string Sql, string? About) Rename(string statement)
    {
        var (text, end) = (new StringBuilder(), 0);
        string? about = null, table = null;
        var isQualified = false;
        var lexer = new SqlLexer(statement);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            text.Append(statement, end, token.Start - end);
            end = token.End;
            var written = statement[token.Start..token.End];
            var name = token.Kind switch { SqlTokenKind.QuotedName => written[1..^1], SqlTokenKind.Word => written, _ => "" };
            if (name == "public" && statement.AsSpan(end).StartsWith("."))
            {
                (isQualified, end) = (true, lexer.Next().End);
                continue;
            }

            if (Declared.Tables.Any(t => t.Name.Name == name))
            {
                (table, about) = (name, about ?? name);
                text.Append(names.Sql($"{{{name}}}"));
            }
            else if (Derived(name) is { } owner)
            {
                text.Append(isQualified ? Names.Quote(names.SchemaOf(owner)) + "." : "").Append(Names.Quote(names.Bare(owner) + name[owner.Length..]));
            }
            else
            {
                text.Append(written switch
                {
                    "UUID" when names.Ids is not Settings.IdKind.Uuid => "TEXT",
                    _ when IsColumn(table, name) => names.Sql($"{{{table}.{name}}}"),
                    _ => written,
                });
            }

            isQualified = false;
        }

        return (text.Append(statement, end, statement.Length - end).ToString(), about);
    }

    // A key, an index, a partition: `users_email_key`.
    private static string? Derived(string name) =>
        Declared.Tables.Select(t => t.Name.Name).Where(t => name.StartsWith(t + "_", StringComparison.Ordinal)).MaxBy(t => t.Length);

    private static bool IsColumn(string? table, string name) => Declared.Tables.FirstOrDefault(t => t.Name.Name == table)?.Column(name) is not null;
}
