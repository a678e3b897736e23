using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Plan;

/// <summary>The texts that stand in committed migrations, so they are Prisma's to the letter; all but those of <see cref="DataLossCheck.NarrowingCast"/> and <see cref="DataLossCheck.ObjectDrop"/>.</summary>
internal static class DataLossMessage
{
    /// <summary>Null when the counts show that nothing can happen.</summary>
    public static string? For(DataLossCheck check, DataCounts counts)
    {
        long? rows = check.Table is { } table && counts.Rows.TryGetValue(table, out var r) ? r : null;
        long? values = check is { Table: { } t, Column: { } c } && counts.Values.TryGetValue((t, c), out var v) ? v : null;
        var name = check.Table?.Name;
        var column = check.Column;
        return check switch
        {
            DataLossCheck.NonEmptyTableDrop => rows switch
            {
                0 => null,
                null => $"You are about to drop the `{name}` table. If the table is not empty, all the data it contains will be lost.",
                _ => $"You are about to drop the `{name}` table, which is not empty ({rows} rows).",
            },
            DataLossCheck.NonEmptyColumnDrop => (rows, values) switch
            {
                (0, _) or (_, 0) => null,
                (_, null) => $"You are about to drop the column `{column}` on the `{name}` table. All the data in the column will be lost.",
                _ => $"You are about to drop the column `{column}` on the `{name}` table, which still contains {values} non-null values.",
            },
            DataLossCheck.DropAndRecreateColumn => (rows, values) switch
            {
                (0, _) or (_, 0) => null,
                (_, null) => $"The `{column}` column on the `{name}` table would be dropped and recreated. This will lead to data loss if there is data in the column.",
                _ => $"The `{column}` column on the `{name}` table would be dropped and recreated. This will lead to data loss.",
            },
            DataLossCheck.RiskyCast cast => (rows, values) switch
            {
                (0, _) or (_, 0) => null,
                (_, null) => $"You are about to alter the column `{column}` on the `{name}` table. The data in that column could be lost. The data in that column will be cast from `{cast.FromType}` to `{cast.ToType}`.",
                _ => $"You are about to alter the column `{column}` on the `{name}` table, which contains {values} non-null values. The data in that column will be cast from `{cast.FromType}` to `{cast.ToType}`.",
            },
            DataLossCheck.NarrowingCast cast => Narrowed(cast, counts),
            DataLossCheck.NotCastable cast => (rows, values) switch
            {
                (0, _) or (_, 0) => null,
                (_, null) => $"You are about to alter the column `{column}` on the `{name}` table. The data in that column will be cast from `{cast.FromType}` to `{cast.ToType}`. This cast may fail. Please make sure the data in the column can be cast.",
                _ => $"You are about to alter the column `{column}` on the `{name}` table, which contains {values} non-null values. The data in that column will be cast from `{cast.FromType}` to `{cast.ToType}`. This cast may fail. Please make sure the data in the column can be cast.",
            },
            DataLossCheck.PrimaryKeyChange => rows is 0
                ? null
                : $"The primary key for the `{name}` table will be changed. If it partially fails, the table could be left without primary key constraint.",
            DataLossCheck.UniqueConstraintAddition unique =>
                $"A unique constraint covering the columns `[{string.Join(',', unique.Columns.Items)}]` on the table `{name}` will be added. If there are existing duplicate values, this will fail.",
            DataLossCheck.EnumValueRemoval removal =>
                $"The values [{string.Join(',', removal.Values.Items)}] on the enum `{removal.Enum.Name}` will be removed. If these variants are still used in the database, this will fail.",
            DataLossCheck.ObjectDrop { Dropped: { Kind: ObjectKind.Sequence } id } => $"You are about to drop the sequence `{id.Name}`. The value it has come to will be lost.",
            DataLossCheck.ObjectDrop { Dropped: var id } => $"You are about to drop the {ObjectNames.Describe(id)}. The rows it contains will be lost.",
            DataLossCheck.AddedRequiredColumn added => Added(added, rows),
            DataLossCheck.MadeOptionalFieldRequired => (rows, values) switch
            {
                (0, _) => null,
                ({ } all, { } filled) when all == filled => null,
                ({ } all, { } filled) => $"Made the column `{column}` on table `{name}` required, but there are {all - filled} existing NULL values.",
                _ => $"Made the column `{column}` on table `{name}` required. This step will fail if there are existing NULL values in that column.",
            },
            DataLossCheck.MadeScalarFieldIntoArrayField => (rows, values) switch
            {
                (0, _) or (_, 0) => null,
                (_, null) => $"Changed the column `{column}` on the `{name}` table from a scalar field to a list field. If there are non-null values in that column, this step will fail.",
                _ => $"Changed the column `{column}` on the `{name}` table from a scalar field to a list field. There are {values} existing non-null values in that column, this step cannot be executed.",
            },
            DataLossCheck.DropAndRecreateRequiredColumn => rows switch
            {
                0 => null,
                null => $"Changed the type of `{column}` on the `{name}` table. No cast exists, the column would be dropped and recreated, which cannot be done if there is data, since the column is required.",
                _ => $"Changed the type of `{column}` on the `{name}` table. No cast exists, the column would be dropped and recreated, which cannot be done since the column is required and there is data in the table.",
            },
            _ => throw new UnreachableException(check.GetType().Name),
        };
    }

    private static string? Narrowed(DataLossCheck.NarrowingCast cast, DataCounts counts)
    {
        long? changed = counts.Changed.TryGetValue((cast.Of, cast.Name), out var c) ? c : null;
        var evidence = changed switch
        {
            null => ". Values that do not fit",
            1 => ": 1 value",
            _ => $": {changed} values",
        };
        return changed is 0
            ? null
            : $"You are about to alter the column `{cast.Name}` on the `{cast.Of.Name}` table from `{TypeNames.InSchema(cast.From)}` to `{TypeNames.InSchema(cast.To)}`{evidence} would not stay the same.";
    }

    private static string? Added(DataLossCheck.AddedRequiredColumn added, long? rows)
    {
        if (rows is 0)
        {
            return null;
        }

        var table = added.Of.Name;
        var evidence = rows is null
            ? "This is not possible if the table is not empty."
            : $"There are {rows} rows in this table, it is not possible to execute this step.";
        return added.HasClientDefault
            ? $"The required column `{added.Name}` was added to the `{table}` table with a prisma-level default value. {evidence} Please add this column as optional, then populate it before making it required."
            : $"Added the required column `{added.Name}` to the `{table}` table without a default value. {evidence}";
    }
}
