using Sluice.Catalog;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>The way back: a database to the schema that describes it.</summary>
public static class Introspector
{
    private const string DefaultPath = "schema.prisma";

    /// <param name="previous">The schema as it stood before, if any: all that a person wrote is kept where the database does not say otherwise.</param>
    public static PulledSchema Introspect(Database database, PreviousSchema? previous = null)
    {
        var findings = new PullFindings();
        if (previous is null || previous.Trees.IsEmpty)
        {
            var blocks = Blocks(database, previous, findings).Select(b => b.Text() + "\n");
            return new PulledSchema([new PulledFile(DefaultPath, Formatted(DefaultPath, Configuration.New(database) + string.Concat(blocks)))], [.. findings.Warnings]);
        }

        // What the schema asks for, printed as what the database has is: where the two agree, its own words stay.
        var said = previous.IsSound ? StoredNames.Of(CatalogBuilder.Build(previous.Model, database.DefaultSchema)) : Database.Empty;
        var found = Blocks(Wording.Keep(database, said), previous, findings);
        var kept = new KeptSchema(previous, database, Blocks(said, previous, new PullFindings()), found);
        return new PulledSchema([.. kept.Files().Select(f => new PulledFile(f.Path, Formatted(f.Path, f.Text)))], [.. findings.Warnings]);
    }

    private static List<PulledBlock> Blocks(Database database, PreviousSchema? previous, PullFindings findings)
    {
        var pairing = new Pairing(database, previous);
        var joinTables = JoinTable.All(database, pairing);
        var models = database.Tables.Where(t => !joinTables.ContainsKey(t.Name) && !pairing.IsJoinTable(t)).ToList();
        var naming = new Naming(database, pairing, models);
        var identifiers = new Identifiers(database, pairing, naming);
        var links = new RelationLinks(database, pairing, naming, joinTables);
        var relations = new RelationFields(pairing, naming, identifiers, links);
        var entities = new EntityPrinter(database, pairing, naming, identifiers, relations, findings);
        var enums = new EnumPrinter(database, pairing, naming, findings);
        return
        [
            .. models.Select(entities.Table),
            .. pairing.WithViews ? database.Views.Where(v => v.Columns.Count > 0).Select(entities.View) : [],
            .. database.Enums.Select(enums.Print),
        ];
    }

    private static string Formatted(string path, string text) => SchemaFormatter.Format(SchemaParser.Parse(new SourceText(path, text)).Value);
}
