using System.Collections.Frozen;

namespace Sluice.Model.Configuration;

/// <summary>The preview features of dialects 6.x and 7.x. Their names are compared without regard to case.</summary>
internal static class PreviewFeatures
{
    public const string FullTextSearch = "fullTextSearch";
    public const string FullTextSearchPostgres = "fullTextSearchPostgres";

    /// <summary>Those that may be switched on, in the order in which messages list them.</summary>
    public static readonly IReadOnlyList<string> Active =
    [
        "metrics", "nativeDistinct", "partialIndexes", "postgresqlExtensions", "relationJoins", "schemaEngineDriverAdapters",
        "shardKeys", "strictUndefinedChecks", "views",
    ];

    private static readonly FrozenSet<string> Hidden = Set(["reactNative", "typedSql"]);

    private static readonly FrozenSet<string> Dropped = Set(["metrics"]);

    private static readonly FrozenSet<string> Stable = Set(
    [
        "aggregateApi", "atomicNumberOperations", "clientExtensions", "cockroachdb", "connectOrCreate", "createMany", "dataProxy",
        "deno", "distinct", "driverAdapters", "extendedIndexes", "extendedWhereUnique", "fieldReference", "filterJson",
        "filteredRelationCount", "fullTextIndex", FullTextSearch, "groupBy", "improvedQueryRaw", "interactiveTransactions",
        "jsonProtocol", "microsoftSqlServer", "middlewares", "mongoDb", "multiSchema", "nApi", "namedConstraints", "nativeTypes",
        "omitApi", "orderByAggregateGroup", "orderByNulls", "orderByRelation", "prismaSchemaFolder", "queryCompiler",
        "referentialActions", "referentialIntegrity", "selectRelationCount", "tracing", "transactionApi", "uncheckedScalarInputs",
    ]);

    private static readonly FrozenDictionary<string, string> Names = Active.Concat(Hidden).Concat(Stable).Append(FullTextSearchPostgres)
        .ToFrozenDictionary(n => n, n => n, StringComparer.OrdinalIgnoreCase);

    /// <summary>The feature's name in its proper spelling, null when there is none.</summary>
    public static string? Find(string name) => Names.GetValueOrDefault(name);

    public static bool IsStable(string feature) => Stable.Contains(feature);

    public static bool IsDropped(string feature) => Dropped.Contains(feature);

    private static FrozenSet<string> Set(string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
