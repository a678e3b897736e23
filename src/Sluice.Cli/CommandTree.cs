using System.CommandLine;
using System.CommandLine.Help;
using Sluice.Cli.Commands;
using Sluice.Cli.Options;
using Sluice.Cli.Output;

namespace Sluice.Cli;

/// <summary>Every command, in the order the help shows them.</summary>
internal static class CommandTree
{
    public static RootCommand Build(Session session)
    {
        var root = new RootCommand("Sluice takes a schema.prisma to a PostgreSQL database, safely: migrations, checks, history.")
        {
            InitCommand.Create(session),
            ValidateCommand.Create(session),
            FormatCommand.Create(session),
            GenerateCommand.Create(session),
            ErdCommand.Create(session),
            DocsCommand.Create(session),
            UpCommand.Create(session),
            DownCommand.Create(session),
            StatusCommand.Create(session),
            new ToolCommand("migrate", "Migrations: make, apply, look at and repair them")
            {
                MigrateDevCommand.Create(session),
                MigrateDeployCommand.Create(session),
                MigrateStatusCommand.Create(session),
                MigrateResetCommand.Create(session),
                MigrateResolveCommand.Create(session),
                MigrateDiffCommand.Create(session),
                MigrateLintCommand.Create(session),
                MigrateVerifyCommand.Create(session),
                MigrateSquashCommand.Create(session),
                MigrateBackfillCommand.Create(session),
                MigrateOnlineCommand.Create(session),
                MigrateBaselineCommand.Create(session),
                MigrateImportCommand.Create(session),
            },
            new ToolCommand("db", "The database itself: push, pull, seed, run scripts, a private local server")
            {
                DbPushCommand.Create(session),
                DbPullCommand.Create(session),
                DbSeedCommand.Create(session),
                DbExecuteCommand.Create(session),
                DbStartCommand.Create(session),
                DbStopCommand.Create(session),
                DbCacheCommand.Create(session),
            },
            TestCommand.Create(session),
            DoctorCommand.Create(session),
            MonitorCommand.Create(session),
            MaintainCommand.Create(session),
            BackupCommand.Create(session),
            RestoreCommand.Create(session),
            DrillCommand.Create(session),
            StudioCommand.Create(session),
        };

        foreach (var option in SharedOptions.All.Concat(OperatingOptions.All))
        {
            root.Options.Add(option);
        }

        // It would refuse `--json` beside it.
        root.Options.OfType<VersionOption>().Single().Validators.Clear();
        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption => new HelpText(session),
                VersionOption => new VersionText(session),
                _ => option.Action,
            };
        }

        return root;
    }
}
