using System.Text;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Syntax;

namespace Sluice.Sql;

/// <summary>One column changed in place: clauses of the ALTER TABLE, and the sequence to make before it or to drop after it.</summary>
internal sealed class ColumnAlteration(ObjectName table, Alteration.AlterColumn alteration, SqlNames names)
{
    private readonly Column from = alteration.From;
    private readonly Column to = alteration.To;
    private readonly string prefix = $"ALTER COLUMN {SqlNames.Quote(alteration.From.Name)}";

    private bool GetsSequence => alteration.Difference.AutoIncrement && to.AutoIncrement;

    private bool LosesSequence => alteration.Difference.AutoIncrement && !to.AutoIncrement;

    private bool ChangesType => alteration.Difference is { Type: not null }
        || (alteration.Difference.Arity && (from.Arity is FieldArity.List || to.Arity is FieldArity.List));

    private string? Conversion => ChangesType ? TypeConversion.Using(from, to, names) : null;

    public IEnumerable<string> Before()
    {
        if (GetsSequence)
        {
            yield return $"CREATE SEQUENCE {NewSequence()}{SequenceType()}";
        }
    }

    public IEnumerable<string> Clauses()
    {
        var difference = alteration.Difference;
        if (difference.Arity && from.Arity is not FieldArity.Optional && (to.Arity is FieldArity.Optional || (names.Exact && to.Arity is FieldArity.List)))
        {
            yield return $"{prefix} DROP NOT NULL";
        }

        if (difference.Arity && to.Arity is FieldArity.Required)
        {
            yield return $"{prefix} SET NOT NULL";
        }

        // A USING clause converts the values, not the default: that goes, and comes back.
        var resetsDefault = Conversion is not null && from.Default is not null;
        var value = !difference.Default && !resetsDefault ? ""
            : KnownSequence is { } other && !GetsSequence ? $"nextval({SqlNames.Literal(NewSequence())})"
            : SqlDefaults.Write(to, names);
        if (resetsDefault || (difference.Default && value.Length == 0))
        {
            yield return $"{prefix} DROP DEFAULT";
        }

        if (value.Length > 0)
        {
            yield return $"{prefix} SET DEFAULT {value}";
        }

        if (LosesSequence)
        {
            // Even after a SET DEFAULT: PostgreSQL carries out what a command drops before what it sets.
            yield return from.IsIdentity ? $"{prefix} DROP IDENTITY" : $"{prefix} DROP DEFAULT";
        }

        if (GetsSequence)
        {
            yield return $"{prefix} SET DEFAULT nextval({SqlNames.Literal(NewSequence())})";
        }

        if (ChangesType)
        {
            yield return $"{prefix} SET DATA TYPE {SqlTypes.OfExisting(to, names)}{(Conversion is { } conversion ? $" USING ({conversion})" : "")}";
        }
    }

    public IEnumerable<string> After()
    {
        if (GetsSequence)
        {
            yield return $"ALTER SEQUENCE {NewSequence()} OWNED BY {names.Of(table)}.{SqlNames.Quote(to.Name)}";
        }

        if (LosesSequence && from.Default is ColumnDefault.NextValue sequence)
        {
            yield return $"DROP SEQUENCE {names.Of(table with { Name = sequence.Sequence })}";
        }
    }

    private string? KnownSequence => names.Exact && to.Default is ColumnDefault.NextValue { Sequence: var known } ? known : null;

    // One that SERIAL made counts as far as its column does.
    private string SequenceType() => KnownSequence == SequenceNames.Of(table.Name, to.Name) ? $" AS {SqlTypes.OfExisting(to, names)}" : "";

    /// <summary>The name that SERIAL would take, in lower case and bare as Prisma writes it; in quotes where it could not stand bare.</summary>
    private string NewSequence()
    {
        if (KnownSequence is { } known)
        {
            return names.Of(table with { Name = known });
        }

        var name = $"{table.Name}_{to.Name}_seq".ToLowerInvariant();
        var isBare = Encoding.UTF8.GetByteCount(name) <= 63 && !char.IsAsciiDigit(name[0]) && name.All(c => c is '_' || char.IsLetterOrDigit(c));
        return names.Prefix(table.Schema) + (isBare ? name : SqlNames.Quote(SequenceNames.Of(table.Name, to.Name).ToLowerInvariant()));
    }
}
