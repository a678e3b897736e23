using System.Diagnostics;
using Sluice.Model;

namespace Sluice.CodeGen.EFCore;

internal static class RelationWriter
{
    public static void Write(CodeText code, ReferenceShape reference, TypeNamesInCode types)
    {
        var back = reference.PrincipalNavigation is { } name ? $"e => e.{name}" : "";
        List<string> calls =
        [
            reference.IsOneToOne ? $".WithOne({back})" : $".WithMany({back})",
            $".HasForeignKey{Of(reference.Dependent)}({ConfigurationWriter.Lambda(reference.Properties)})",
        ];
        if (reference.PrincipalKey.Count > 0)
        {
            calls.Add($".HasPrincipalKey{Of(reference.Principal)}({ConfigurationWriter.Lambda(reference.PrincipalKey)})");
        }

        calls.Add($".IsRequired({CodeLiteral.Boolean(reference.IsRequired)})");
        calls.Add($".OnDelete({types.Of("Microsoft.EntityFrameworkCore", "DeleteBehavior")}.{Behavior(reference.OnDelete)})");
        calls.Add($".HasConstraintName({CodeLiteral.Text(reference.ConstraintName)})");
        code.Chain(reference.DependentNavigation is { } own ? $"entity.HasOne(e => e.{own})" : $"entity.HasOne<{reference.Principal}>()", calls);

        // Only one-to-one leaves open which side holds the key.
        string Of(string entity) => reference.IsOneToOne ? $"<{entity}>" : "";
    }

    public static void Write(CodeText code, JoinShape join, TypeNamesInCode types)
    {
        var keys = join.Table.ForeignKeys;
        var cascade = $".OnDelete({types.Of("Microsoft.EntityFrameworkCore", "DeleteBehavior")}.Cascade)";
        string Key(string column) => keys.FirstOrDefault(k => k.Columns is [var only] && only == column) is { } key
            ? $".HasConstraintName({CodeLiteral.Text(key.Name)}){cascade}"
            : cascade;

        code.Line($"entity.HasMany(e => e.{join.LeftNavigation})");
        code.Line($"    .WithMany(e => e.{join.RightNavigation})");
        code.Line($"    .UsingEntity<{types.Of("System.Collections.Generic", "Dictionary")}<string, object>>(");
        code.Line($"        {CodeLiteral.Text(join.Table.Name.Name)},");
        code.Line($"        join => join.HasOne<{join.Right}>().WithMany().HasForeignKey(\"B\"){Key("B")},");
        code.Line($"        join => join.HasOne<{join.Left}>().WithMany().HasForeignKey(\"A\"){Key("A")},");
        code.Line("        join =>");
        code.Line("        {");
        code.Line($"            join.ToTable({CodeLiteral.Text(join.Table.Name.Name)}{(join.IsQualified ? ", " + CodeLiteral.Text(join.Table.Name.Schema) : "")});");
        code.Line($"            join.HasKey(\"A\", \"B\").HasName({CodeLiteral.Text(join.Table.PrimaryKey!.Name)});");
        foreach (var column in new[] { join.A, join.B })
        {
            code.Line($"            join.IndexerProperty<{types.Of(column)}>({CodeLiteral.Text(column.Name)}){string.Concat(ConfigurationWriter.Calls(column, null, types))};");
        }

        foreach (var index in join.Table.Indexes)
        {
            code.Line($"            join.HasIndex([{ConfigurationWriter.Names(index.Columns.Select(c => c.Name))}], {CodeLiteral.Text(index.Name)}){(index.IsUnique ? ".IsUnique()" : "")};");
        }

        code.Line("        });");
    }

    // EF Core has no SET DEFAULT: the database does it, and EF Core keeps its hands off.
    private static string Behavior(ReferentialAction action) => action switch
    {
        ReferentialAction.Cascade => "Cascade",
        ReferentialAction.Restrict => "Restrict",
        ReferentialAction.SetNull => "SetNull",
        ReferentialAction.NoAction => "NoAction",
        ReferentialAction.SetDefault => "ClientNoAction",
        _ => throw new UnreachableException(action.ToString()),
    };
}
