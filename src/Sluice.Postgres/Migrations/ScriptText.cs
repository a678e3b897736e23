using System.Text;

namespace Sluice.Postgres.Migrations;

internal static class ScriptText
{
    public static string Decode(MigrationFile file) => Encoding.UTF8.GetString(file.Bytes.AsSpan());
}
