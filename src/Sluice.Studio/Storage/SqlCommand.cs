using System.Collections.Immutable;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Sluice.Studio.Storage;

/// <summary>A statement and the values it is sent with, as text: which type each has, the server finds from where it stands.</summary>
internal sealed record SqlCommand(string Sql, ImmutableArray<string?> Values)
{
    public NpgsqlCommand For(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Sql, connection) { AllResultTypesAreUnknown = true };
        foreach (var value in Values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown });
        }

        return command;
    }

    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Name(string schema, string name) => $"{Name(schema)}.{Name(name)}";

    /// <summary>Reads back to the same text whatever `standard_conforming_strings` says.</summary>
    public static string Literal(string? text) => text switch
    {
        null => "NULL",
        _ when text.Contains('\\', StringComparison.Ordinal) => $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'",
        _ => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
    };

    /// <summary>The same statement for a person to read, or to paste: values in their places.</summary>
    public string Shown()
    {
        var text = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < Sql.Length; i++)
        {
            quoted ^= Sql[i] == '"';
            var digits = i + 1;
            while (!quoted && Sql[i] == '$' && digits < Sql.Length && char.IsAsciiDigit(Sql[digits]))
            {
                digits++;
            }

            if (digits > i + 1)
            {
                text.Append(Literal(Values[int.Parse(Sql.AsSpan(i + 1, digits - i - 1), System.Globalization.CultureInfo.InvariantCulture) - 1]));
                i = digits - 1;
            }
            else
            {
                text.Append(Sql[i]);
            }
        }

        return text.ToString();
    }
}

/// <summary>Gathers the values of a statement while it is written.</summary>
internal sealed class SqlValues
{
    private readonly ImmutableArray<string?>.Builder values = ImmutableArray.CreateBuilder<string?>();

    /// <summary>The place of a further value: `$3`.</summary>
    public string Add(string? value)
    {
        values.Add(value);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${values.Count}");
    }

    public SqlCommand With(string sql) => new(sql, values.ToImmutable());
}
