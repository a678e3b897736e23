using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Query.Internal;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>Writes `column::text` where a column is read as raw text: the driver cannot read a type it does not know.</summary>
[SuppressMessage("Usage", "EF1001", Justification = "There is no public place to change how one column is read; covered by tests.")]
internal sealed class RawTextSqlGenerator(
    QuerySqlGeneratorDependencies dependencies,
    IRelationalTypeMappingSource types,
    INpgsqlSingletonOptions options)
    : NpgsqlQuerySqlGenerator(dependencies, types, options.ReverseNullOrderingEnabled, options.PostgresVersion)
{
    protected override Expression VisitColumn(ColumnExpression columnExpression)
    {
        var visited = base.VisitColumn(columnExpression);
        if (columnExpression.TypeMapping is RawTextTypeMapping)
        {
            Sql.Append("::text");
        }

        return visited;
    }
}

[SuppressMessage("Usage", "EF1001", Justification = "As above.")]
internal sealed class RawTextSqlGeneratorFactory(
    QuerySqlGeneratorDependencies dependencies,
    IRelationalTypeMappingSource types,
    INpgsqlSingletonOptions options)
    : IQuerySqlGeneratorFactory
{
    public QuerySqlGenerator Create() => new RawTextSqlGenerator(dependencies, types, options);
}
