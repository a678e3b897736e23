using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Running;
using Sluice.Text;

namespace Sluice.Studio;

/// <summary>What the pages work on; made once by the command.</summary>
public sealed record StudioSettings
{
    public required RunSettings Run { get; init; }

    public int Port { get; init; } = 5555;

    /// <summary>Reads the project's schema as it is now; null where the project has none.</summary>
    public Func<ImmutableArray<SourceText>>? Schema { get; init; }

    /// <summary>Nothing in the database is changed from the page.</summary>
    public bool IsReadOnly { get; init; }

    public Thresholds Thresholds { get; init; } = Thresholds.Default;

    /// <summary>Where backups lie.</summary>
    public required string BackupFolder { get; init; }

    public required ToolProgram Tool { get; init; }
}

/// <summary>The tool itself with the project's options, to which a command is added: what the page says of migrations is what the command says.</summary>
/// <param name="Folder">Where it is run.</param>
public sealed record ToolProgram(ImmutableArray<string> CommandLine, string Folder)
{
    /// <summary>Tells the tool which database the page shows (<see cref="DatabaseMeant"/>): files that name one may be edited while it is open.</summary>
    public const string MeantVariable = "SLUICE_DATABASE_MEANT";

    public static string DatabaseMeant(DatabaseAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return $"{address.User}@{address.Server}/{address.Database}?schema={address.Schema}";
    }
}
