using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sluice.Studio.Migrations;
using Sluice.Studio.Queries;
using Sluice.Studio.Schemas;
using Sluice.Studio.Tables;

namespace Sluice.Studio;

/// <param name="Server">Host and port, for the title: which one is this?</param>
internal sealed record SessionAnswer(string Database, string Server, string? User, string Version, bool ReadOnly);

internal sealed record CountAnswer(long Count, bool IsExact);

internal sealed record PlacesAnswer(ImmutableArray<ImmutableArray<string?>> Places);

internal sealed record RowRequest(TableName Table, ImmutableArray<string> Key);

internal sealed record TextAnswer(string Text);

/// <param name="Change">Which of the changes the server refused, from 0.</param>
internal sealed record ChangeRefusal(string Message, string? Code, string? Detail, string? Hint, int Change);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(Outline))]
[JsonSerializable(typeof(RowsRequest))]
[JsonSerializable(typeof(RowsPage))]
[JsonSerializable(typeof(Selection))]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(PlacesAnswer))]
[JsonSerializable(typeof(RowRequest))]
[JsonSerializable(typeof(WholeRow))]
[JsonSerializable(typeof(RowChanges))]
[JsonSerializable(typeof(Applied))]
[JsonSerializable(typeof(ChangeRefusal))]
[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(TextAnswer))]
[JsonSerializable(typeof(ConsoleRequest))]
[JsonSerializable(typeof(ConsoleAnswer))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(SchemaAnswer))]
[JsonSerializable(typeof(DrawingAnswer))]
[JsonSerializable(typeof(MigrationsAnswer))]
[JsonSerializable(typeof(PendingAnswer))]
[JsonSerializable(typeof(DriftAnswer))]
[JsonSerializable(typeof(NamedRequest))]
[JsonSerializable(typeof(DeployLog))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(EndRequest))]
[JsonSerializable(typeof(EndAnswer))]
internal sealed partial class StudioJson : JsonSerializerContext;
