using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>A column of a type that the schema language calls `Unsupported`: read and written as the text that PostgreSQL prints.</summary>
internal sealed class RawTextTypeMapping : RelationalTypeMapping
{
    public RawTextTypeMapping(string storeType)
        : base(storeType, typeof(string))
    {
    }

    private RawTextTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new RawTextTypeMapping(parameters);

    // Without a type, like the parameter: the server takes it for the column's, or for text beside a column that is read as text.
    protected override string GenerateNonNullSqlLiteral(object value) => $"'{((string)value).Replace("'", "''", StringComparison.Ordinal)}'";

    // Sent as text of an unknown type: the server reads it as the column's.
    protected override void ConfigureParameter(DbParameter parameter) => ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Unknown;
}

/// <summary>Takes strings in columns whose type is not a text type.</summary>
internal sealed class RawTextMappingSource : IRelationalTypeMappingSourcePlugin
{
    private static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        "text", "varchar", "character varying", "char", "character", "bpchar", "citext", "xml", "json", "jsonb", "name", "unknown",
    };

    public RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo) =>
        mappingInfo is { StoreTypeName: { } name, StoreTypeNameBase: { } plain } && mappingInfo.ClrType == typeof(string) && !Texts.Contains(plain)
            ? new RawTextTypeMapping(name)
            : null;
}
