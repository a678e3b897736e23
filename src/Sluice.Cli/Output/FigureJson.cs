using System.Globalization;
using System.Text.Json;
using Sluice.Postgres.Monitoring;

namespace Sluice.Cli.Output;

/// <summary>Figures for machines: every one of the table, and every table and index.</summary>
internal static class FigureJson
{
    public static void Write(Utf8JsonWriter json, Figures figures)
    {
        WriteAll(json, figures);
        WriteFigures(json, figures);
    }

    private static void WriteAll(Utf8JsonWriter json, Figures figures)
    {
        json.WriteStartArray("figures");
        foreach (var figure in FigureBook.All)
        {
            foreach (var sample in figure.Read(figures))
            {
                json.WriteStartObject();
                json.WriteString("name", figure.Name);
                json.WriteString("metric", figure.Metric);
                WriteNumber(json, "value", sample.Value * figure.Unit.Factor);
                foreach (var (name, value) in sample.Labels)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteFigures(Utf8JsonWriter json, Figures figures)
    {
        json.WriteStartObject("database");
        json.WriteString("name", figures.Database);
        json.WriteNumber("bytes", figures.Bytes);
        json.WriteNumber("connections", figures.Connections);
        json.WriteNumber("mostConnections", figures.MostConnections);
        WriteNumber(json, "cacheHit", figures.CacheHit);
        json.WriteNumber("longestTransactionSeconds", figures.LongestTransaction.TotalSeconds);
        WriteTime(json, "statisticsSince", figures.StatisticsSince);
        json.WriteEndObject();
        json.WriteStartArray("tables");
        foreach (var table in figures.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteNumber("rows", table.Rows);
            json.WriteNumber("deadRows", table.DeadRows);
            json.WriteNumber("changedSinceAnalyze", table.Changed);
            json.WriteNumber("bytes", table.Bytes);
            json.WriteNumber("indexBytes", table.IndexBytes);
            json.WriteNumber("tableScans", table.TableScans);
            json.WriteNumber("indexScans", table.IndexScans);
            WriteTime(json, "vacuumedAt", table.Vacuumed);
            WriteTime(json, "analyzedAt", table.Analyzed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("indexes");
        foreach (var index in figures.Indexes)
        {
            json.WriteStartObject();
            json.WriteString("name", index.Name);
            json.WriteString("table", index.Table);
            json.WriteNumber("scans", index.Scans);
            json.WriteNumber("bytes", index.Bytes);
            json.WriteBoolean("unused", index.IsUnused);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("auth");
        json.WriteStartArray("tables");
        foreach (var table in figures.Auth.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteNumber("total", table.Total);
            WriteNumber(json, "active", table.Active);
            WriteNumber(json, "expired", table.Expired);
            WriteNumber(json, "usedInSevenDays", table.Recent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNumber(json, "failedLoginsLastHour", figures.Auth.FailedLogins);
        WriteNumber(json, "lockedOut", figures.Auth.LockedOut);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time) => json.WriteString(name, time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
}
