using Sluice.Diagnostics;
using Sluice.Model.Binding;

namespace Sluice.Model.Mistakes;

/// <summary>SL211x and SL212x: the `datasource` block.</summary>
internal static class DatasourceMistakes
{
    public static Mistake Several(string name) => new(
        "SL2110",
        $"The datasource `{name}` is not the only one.",
        "Keep one `datasource` block; a second database needs a schema of its own.");

    public static Mistake ProviderFromEnvironment() => new(
        "SL2111",
        "The provider cannot come from an environment variable: the meaning of the schema depends on it.",
        "Write `provider = \"postgresql\"`.");

    public static Mistake ProviderNotString(string found) => new(
        "SL2112",
        $"The provider must be a string, but found `{found}`.",
        "Write `provider = \"postgresql\"`.");

    public static Mistake ProviderUnsupported(string provider) => new(
        "SL2113",
        provider.Length == 0
            ? "The provider is an empty string."
            : $"The provider `{provider}` is not supported: this tool works with PostgreSQL only.",
        "Write `provider = \"postgresql\"`.");

    public static Mistake ProviderNotConnected(string provider) =>
        ProviderUnsupported(provider) with { Severity = Severity.Warning };

    public static Mistake PropertyUnknown(string property) => new(
        "SL2114",
        $"A datasource has no property `{property}`.",
        "Remove it; known are `provider`, `url`, `directUrl`, `shadowDatabaseUrl`, `relationMode`, `schemas` and `extensions`.");

    public static Mistake PreviewFeatures() => new(
        "SL2115",
        "Preview features are switched on in the generator, not in the datasource.",
        "Move the line to the `generator` block.");

    public static Mistake RelationModeTwice() => new(
        "SL2116",
        "`referentialIntegrity` is the old name of `relationMode`, and both are set.",
        "Remove `referentialIntegrity`.");

    public static Mistake RelationModeUnknown(string found) => new(
        "SL2117",
        $"There is no relation mode `{found}`.",
        "Write \"foreignKeys\" or \"prisma\".");

    public static Mistake RelationModeOldName() => new(
        "SL2118",
        "`referentialIntegrity` is an old name.",
        "Write `relationMode`.",
        Severity.Warning);

    public static Mistake ShadowIs(string other) => new(
        "SL2119",
        $"`shadowDatabaseUrl` and `{other}` name the same database, and the shadow database is emptied at each use.",
        "Name another database as shadow database, or none.");

    public static Mistake SchemasEmpty() => new(
        "SL2120",
        "The list `schemas` is empty.",
        "List the schemas, or remove the line.");

    public static Mistake SchemaTwice(string schema) => new(
        "SL2121",
        $"The schema `{schema}` is listed twice.",
        "Remove one of them.");

    public static Mistake ExtensionsArePreview() => new(
        "SL2122",
        "`extensions` needs the preview feature `postgresqlExtensions`.",
        "Add `previewFeatures = [\"postgresqlExtensions\"]` to the generator.");

    public static Mistake ExtensionName(string name) => new(
        "SL2123",
        $"`{name}` is not a valid name for an extension here.",
        $"Use letters, digits and `_`, and give the real name in `map`: `uuid_ossp(map: \"uuid-ossp\")`.");

    public static Mistake ExtensionNotNamed(string found) => new(
        "SL2124",
        $"An extension's name was expected, but found `{found}`.",
        "Write the names without quotes: `extensions = [citext, pg_trgm]`.");

    public static Mistake ExtensionArgumentTwice(string argument) => new(
        "SL2125",
        $"The argument `{argument}` is given twice.",
        "Keep one of them.");

    public static Mistake ExtensionArgumentUnnamed() => new(
        "SL2126",
        "Arguments of an extension have names.",
        "Write `version: \"…\"`, `schema: \"…\"` or `map: \"…\"`.");

    public static Mistake ExtensionArgumentUnknown(string argument) => new(
        "SL2127",
        $"An extension has no argument `{argument}`.",
        "Known are `version`, `schema` and `map`.");

    public static Mistake ExtensionArgumentNotString(string argument, string found) => new(
        "SL2128",
        $"The argument `{argument}` must be a string, but found `{found}`.",
        "Write the value in double quotes.");
}
