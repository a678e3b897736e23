using System.Collections.Immutable;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>A squash some of whose migrations are applied, and not all.</summary>
/// <param name="Absent">Not applied.</param>
/// <param name="Different">Applied with another text than the one that was squashed.</param>
public sealed record PartialSquash(string Squash, ImmutableArray<string> Applied, ImmutableArray<string> Absent, ImmutableArray<string> Different);

/// <summary>The rows of a history as a folder with squashes reads them: where all that one stands for is applied, so is it.</summary>
internal sealed record SquashedRows(ImmutableArray<HistoryRow> Rows, ImmutableArray<string> Unrecorded, ImmutableArray<PartialSquash> Partial)
{
    public static SquashedRows Of(MigrationFolder folder, ImmutableArray<HistoryRow> rows)
    {
        var (unrecorded, partial) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<PartialSquash>());
        foreach (var squash in folder.Migrations.Where(m => !m.Replaces.IsEmpty))
        {
            var replaced = squash.Replaces.ToDictionary(r => r.Name, StringComparer.Ordinal);
            var own = rows.Where(r => replaced.ContainsKey(r.MigrationName)).ToList();
            if (rows.Any(r => r.IsApplied && r.MigrationName == squash.Name))
            {
                // What it has taken the place of is past.
                rows = [.. rows.Where(r => !replaced.ContainsKey(r.MigrationName) || r.IsApplied || r.IsFailed)];
                continue;
            }

            var applied = own.Where(r => r.IsApplied).ToList();
            if (applied.Count == 0)
            {
                continue;
            }

            var names = applied.Select(r => r.MigrationName).ToHashSet(StringComparer.Ordinal);
            ImmutableArray<string> absent = [.. replaced.Keys.Where(n => !names.Contains(n))];
            ImmutableArray<string> different = [.. applied
                .GroupBy(r => r.MigrationName, StringComparer.Ordinal)
                .Where(g => !g.Any(r => replaced[g.Key].Checksums.Contains(r.Checksum, StringComparer.Ordinal)))
                .Select(g => g.Key)];
            if (!absent.IsEmpty || !different.IsEmpty)
            {
                partial.Add(new PartialSquash(squash.Name, [.. names.Order(StringComparer.Ordinal)], absent, different));
                continue;
            }

            unrecorded.Add(squash.Name);
            rows =
            [
                .. rows.Where(r => !replaced.ContainsKey(r.MigrationName)),
                applied[^1] with { MigrationName = squash.Name, Checksum = squash.Checksum },
            ];
        }

        return new SquashedRows(rows, unrecorded.ToImmutable(), partial.ToImmutable());
    }
}
