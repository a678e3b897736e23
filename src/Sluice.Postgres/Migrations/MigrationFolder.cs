using System.Collections.Immutable;

namespace Sluice.Postgres.Migrations;

/// <summary>A migrations folder as it was read: every migration in ordinal order of name.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Migrations">Those that have a migration.sql.</param>
/// <param name="WithoutScript">Folders without one: P3015 for every command that must read it.</param>
/// <param name="Provider">What `migration_lock.toml` says, null when there is none.</param>
public sealed record MigrationFolder(
    string Path,
    ImmutableArray<MigrationFile> Migrations,
    ImmutableArray<string> WithoutScript,
    string? Provider)
{
    /// <summary>Reads the folder; one that does not exist reads as empty.</summary>
    /// <exception cref="Connecting.ProblemException">P3019 another provider.</exception>
    public static MigrationFolder Read(string path) => throw new NotImplementedException();

    /// <summary>Every name, with and without a script, in order.</summary>
    public ImmutableArray<string> Names => [.. Migrations.Select(m => m.Name).Concat(WithoutScript).Order(StringComparer.Ordinal)];

    /// <exception cref="Connecting.ProblemException">P3015 when a folder has no migration.sql.</exception>
    public MigrationFolder RequireScripts() => throw new NotImplementedException();
}
