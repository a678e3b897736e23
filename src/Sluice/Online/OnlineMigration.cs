using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Online;

/// <summary>A migration in the forms that keep nobody waiting for long.</summary>
/// <param name="Plan">Its steps. They lead to what is wanted but for <paramref name="Late"/>.</param>
/// <param name="Script">The text of a migration.sql.</param>
/// <param name="Late">Columns that the next migration may require, once every row has a value.</param>
/// <param name="Offline">What no form of one migration does online, a sentence each.</param>
public sealed record OnlineMigration(MigrationPlan Plan, string Script, ImmutableArray<LateColumn> Late, ImmutableArray<string> Offline);

/// <summary>A new column that is empty in the rows that are there: they are filled in batches, not under the lock that adds it.</summary>
/// <param name="Value">Its default as SQL; null where only a person knows.</param>
/// <param name="IsRequired">It is to be NOT NULL, or of the primary key, afterwards.</param>
public sealed record LateColumn(ObjectName Table, string Column, string? Value, bool IsRequired);
