using System.Text;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>The way back: a database to the schema that describes it.</summary>
public static class Introspector
{
    private const string DefaultPath = "schema.prisma";

    /// <param name="previous">The schema as it stood before, if any: its names, order, comments and configuration are kept.</param>
    public static PulledSchema Introspect(Database database, PreviousSchema? previous = null)
    {
        var pairing = new Pairing(database, previous);
        var findings = new PullFindings();
        var joinTables = JoinTable.All(database);
        var models = database.Tables.Where(t => !joinTables.ContainsKey(t.Name) && !pairing.IsJoinTable(t)).ToList();
        var naming = new Naming(database, pairing, models);
        var identifiers = new Identifiers(database, pairing, naming);
        var links = new RelationLinks(database, pairing, naming, joinTables);
        var relations = new RelationFields(pairing, naming, identifiers, links);
        var entities = new EntityPrinter(database, pairing, naming, identifiers, relations, findings);
        var enums = new EnumPrinter(database, pairing, naming, findings);

        List<PulledBlock> blocks =
        [
            .. Sorted(models.Select(entities.Table), pairing),
            .. Sorted(pairing.WithViews ? database.Views.Where(v => v.Columns.Count > 0).Select(entities.View) : [], pairing),
            .. Sorted(database.Enums.Select(enums.Print), pairing),
        ];
        return new PulledSchema([.. Files(database, previous, pairing, blocks)], [.. findings.Warnings]);
    }

    private static IEnumerable<PulledBlock> Sorted(IEnumerable<PulledBlock> blocks, Pairing pairing) =>
        blocks.OrderBy(b => pairing.Position(b.Name));

    private static IEnumerable<PulledFile> Files(Database database, PreviousSchema? previous, Pairing pairing, List<PulledBlock> blocks)
    {
        if (previous is null || previous.Trees.IsEmpty)
        {
            return [new PulledFile(DefaultPath, Formatted(DefaultPath, Configuration.New(database), blocks, pairing))];
        }

        // New blocks go to the file that configures the datasource.
        var home = previous.Trees.FirstOrDefault(t => t.Blocks.Any(b => b is ConfigSyntax { Keyword: ConfigKeyword.Datasource })) ?? previous.Trees[0];
        var byFile = blocks.ToLookup(b => pairing.File(b.Name) ?? home.Source.Path, StringComparer.Ordinal);
        return previous.Trees.Select(t => new PulledFile(
            t.Source.Path, Formatted(t.Source.Path, Configuration.Of(t, database, previous.Model), byFile[t.Source.Path], pairing)));
    }

    private static string Formatted(string path, string configuration, IEnumerable<PulledBlock> blocks, Pairing pairing)
    {
        var text = new StringBuilder(configuration);
        foreach (var block in blocks)
        {
            foreach (var comment in pairing.Comments(block.Name))
            {
                text.Append(comment).Append('\n');
            }

            block.WriteTo(text);
        }

        while (text.Length > 1 && text[^1] == '\n' && text[^2] == '\n')
        {
            text.Length--;
        }

        return SchemaFormatter.Format(SchemaParser.Parse(new SourceText(path, text.ToString())).Value);
    }
}
