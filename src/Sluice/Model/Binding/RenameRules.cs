using Sluice.Model.Mistakes;
using Sluice.Model.Relations;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>Hints `@renamedFrom` that no database could follow; whether a good one is still to be done, only a database can tell.</summary>
internal static class RenameRules
{
    public static void Check(SchemaBinding schema)
    {
        CheckTogether([.. Tables(schema)]);
        foreach (var entity in schema.Entities)
        {
            CheckTogether([.. entity.IsView ? entity.ScalarFields.Select(f => Nothing(entity, f)) : entity.ScalarFields.Select(Column)]);
        }

        CheckTogether([.. schema.Enums.Select(e => new Named(e.Name, Full(schema, e.DatabaseSchema, e.DatabaseName), e.Syntax.Documentation, m => e.Report(e.Syntax.Name.Span, m)) { Old = old => Full(schema, e.DatabaseSchema, old) })]);
        foreach (var binding in schema.Enums)
        {
            CheckTogether([.. binding.Values.Select(v => new Named(v.Name, v.DatabaseName, v.Syntax.Documentation, m => binding.Report(v.Syntax.Name.Span, m)))]);
        }
    }

    // Implicit many-to-many relations have tables too; the hint stands on either of their fields.
    private static IEnumerable<Named> Tables(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            yield return new Named(entity.Name, Full(schema, entity.DatabaseSchema, entity.DatabaseName), entity.Syntax.Documentation, m => entity.Report(entity.Syntax.Name.Span, m))
            {
                HasObject = !entity.IsView,
                Old = old => Full(schema, entity.DatabaseSchema, old),
            };
            foreach (var field in entity.RelationFields)
            {
                var relation = field.Relation;
                yield return new Named(field.Name, $"{entity.DatabaseSchema}._{relation?.Name}", field.Syntax.Documentation, m => field.Report(field.Syntax.Name.Span, m))
                {
                    HasObject = relation is { Kind: RelationKind.ManyToMany } && !entity.IsView,
                    Old = old => Full(schema, entity.DatabaseSchema, old),
                };
            }
        }
    }

    private static Named Column(ScalarFieldBinding field) =>
        new(field.Name, field.ColumnName, field.Syntax.Documentation, m => field.Report(field.Syntax.Name.Span, m));

    private static Named Nothing(EntityBinding view, ScalarFieldBinding field) =>
        Column(field) with { Name = $"{view.Name}.{field.Name}", HasObject = false };

    private static string Full(SchemaBinding schema, string? databaseSchema, string name) =>
        schema.Datasource?.Schemas.Items.Any(s => name.StartsWith(s + ".", StringComparison.Ordinal)) is true ? name : $"{databaseSchema}.{name}";

    /// <summary>The names of one namespace.</summary>
    private static void CheckTogether(Named[] all)
    {
        var hinted = new Dictionary<string, Named>(StringComparer.Ordinal);
        var claims = new Dictionary<string, Named>(StringComparer.Ordinal);
        foreach (var named in all)
        {
            if (Single(named) is { } old && old != named.Key)
            {
                // Both fields of a many-to-many relation may say the same.
                if (claims.TryGetValue(old, out var other) && other.Key != named.Key)
                {
                    named.Report(RenameMistakes.ClaimedTwice(named.Said!, named.Name, other.Name));
                    continue;
                }

                claims[old] = hinted[named.Key] = named;
            }
        }

        var present = all.Where(n => n.HasObject).Select(n => n.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (old, named) in claims)
        {
            if (present.Contains(old) && !hinted.ContainsKey(old))
            {
                named.Report(RenameMistakes.StillThere(named.Name, named.Said!));
            }
            else if (Circle(named, old, hinted) is { } circle)
            {
                named.Report(RenameMistakes.Circle(circle));
            }
        }
    }

    /// <summary>The hint's old name; null without a hint and, reported, where it is wrong by itself.</summary>
    private static string? Single(Named named)
    {
        switch (RenameHint.In(named.Documentation))
        {
            case []:
                return null;
            case var _ when !named.HasObject:
                named.Report(RenameMistakes.NothingToRename(named.Name));
                return null;
            case [null]:
                named.Report(RenameMistakes.Unreadable(named.Name));
                return null;
            case [{ } old]:
                named.Said = old;
                return named.Old(old);
            default:
                named.Report(RenameMistakes.Twice(named.Name));
                return null;
        }
    }

    // Said once for each circle: at the name that comes first.
    private static string? Circle(Named start, string old, Dictionary<string, Named> hinted)
    {
        var names = new List<string> { start.Key };
        for (var at = old; hinted.TryGetValue(at, out var next); at = next.Old(next.Said!))
        {
            if (names.Contains(at))
            {
                return at == start.Key && names.TrueForAll(n => StringComparer.Ordinal.Compare(start.Key, n) <= 0)
                    ? string.Join(", ", names.Select(n => $"`{hinted[n].Name}`"))
                    : null;
            }

            names.Add(at);
        }

        return null;
    }

    /// <param name="Name">For messages.</param>
    /// <param name="Key">What it is called in the database, unique within its namespace.</param>
    private sealed record Named(string Name, string Key, string? Documentation, Action<Mistake> Report)
    {
        /// <summary>False where the database has nothing by that name, or nothing that migrations touch.</summary>
        public bool HasObject { get; init; } = true;

        /// <summary>The old name as it is said, in the form of <see cref="Key"/>.</summary>
        public Func<string, string> Old { get; init; } = old => old;

        public string? Said { get; set; }
    }
}
