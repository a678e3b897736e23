using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>docs/auth-options.md is written from the options, and what it says of each from its comment: `SLUICE_ACCEPT=1` writes it anew.</summary>
public sealed partial class OptionsPageTests
{
    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "docs/auth-options.md");
    private static readonly Dictionary<string, string> Comments = ReadComments();

    [Fact]
    public void The_page_has_every_option_with_its_type_its_default_and_what_it_does()
    {
        var kept = File.ReadAllText(Path);
        var page = kept[..kept.IndexOf("\n## ", StringComparison.Ordinal)] + Section("SluiceAuthOptions", new SluiceAuthOptions()) + Section("SluiceTokensOptions", new SluiceTokensOptions());
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            File.WriteAllText(Path, page);
        }

        Assert.True(kept == page || File.ReadAllText(Path) == page, "docs/auth-options.md is out of date: SLUICE_ACCEPT=1 ./test");
    }

    [Fact]
    public void Every_option_says_in_a_comment_what_it_does()
    {
        var options = Leaves("", new SluiceAuthOptions()).Concat(Leaves("", new SluiceTokensOptions())).ToList();

        Assert.True(options.Count > 80, $"{options.Count} options");
        Assert.Empty(options.Where(o => Said(o.Property).Length == 0).Select(o => $"{o.Property.DeclaringType!.Name}.{o.Property.Name}"));
    }

    private static string Section(string title, object options)
    {
        var text = new StringBuilder($"\n## {title}\n\n| option | type | default | |\n|---|---|---|---|\n");
        foreach (var (name, property, value) in Leaves("", options))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {Kind(property.PropertyType)} | {Default(value)} | {Said(property).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    // Parts come after what stands beside them.
    private static IEnumerable<(string Name, PropertyInfo Property, object? Value)> Leaves(string above, object options)
    {
        var properties = options.GetType().GetProperties().OrderBy(p => p.MetadataToken).Select(p => (p.Name, Property: p, Value: p.GetValue(options))).ToLookup(p => IsPart(p.Property.PropertyType));
        return [.. properties[false].Select(p => (above + p.Name, p.Property, p.Value)), .. properties[true].SelectMany(p => Leaves($"{above}{p.Name}.", p.Value!))];
    }

    private static bool IsPart(Type type) => type.IsClass && type.Namespace == typeof(SluiceAuthOptions).Namespace;

    private static string Kind(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => Kind(inner),
        { IsEnum: true } => string.Join(", ", Enum.GetNames(type).Select(n => $"`{n}`")),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IDictionary<,>) && IsPart(type.GetGenericArguments()[1]) => $"by name: {string.Join(", ", type.GetGenericArguments()[1].GetProperties().Select(p => $"`{p.Name}`"))}",
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IDictionary<,>) => "names and texts",
        { IsGenericType: true } when IsPart(type.GetGenericArguments()[0]) => $"list of {string.Join(" and ", type.GetGenericArguments()[0].GetProperties().Select(p => $"`{p.Name}`"))}",
        { IsGenericType: true } => "list of texts",
        _ when type == typeof(TimeSpan) => "time",
        _ when type == typeof(RateLimit) => "`Requests`, `Per`",
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "yes or no",
        _ => "number",
    };

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        string text => $"`{text}`",
        bool yes => yes ? "true" : "false",
        RateLimit { Requests: 0 } => "none",
        RateLimit limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Requests} in {Default(limit.Per)}"),
        TimeSpan time when time == TimeSpan.Zero => "0",
        TimeSpan { Ticks: var t } time => t % TimeSpan.TicksPerDay == 0 ? Some(time.TotalDays, "day") : t % TimeSpan.TicksPerHour == 0 ? Some(time.TotalHours, "hour") : t % TimeSpan.TicksPerMinute == 0 ? Some(time.TotalMinutes, "minute") : Some(time.TotalSeconds, "second"),
        Enum one => $"`{one}`",
        IEnumerable many => string.Join(", ", many.Cast<object>().Select(Default)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Some(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number is 1 ? "" : "s")}");

    private static string Said(PropertyInfo property) => Comments.GetValueOrDefault($"{property.DeclaringType!.Name}.{property.Name}", "");

    private static Dictionary<string, string> ReadComments()
    {
        var comments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "src/Sluice.Auth/Settings"), "*.cs"))
        {
            var (type, said) = ("", new StringBuilder());
            foreach (var line in File.ReadLines(file).Select(l => l.Trim()))
            {
                if (line.StartsWith("///", StringComparison.Ordinal))
                {
                    said.Append(line[3..]);
                    continue;
                }

                type = TypeName().Match(line) is { Success: true } declared ? declared.Groups[1].Value : type;
                if (PropertyName().Match(line) is { Success: true } property && said.Length > 0)
                {
                    comments[$"{type}.{property.Groups[1].Value}"] = Plain(said.ToString());
                }

                said.Clear();
            }
        }

        return comments;
    }

    private static string Plain(string comment) =>
        System.Net.WebUtility.HtmlDecode(Tag().Replace(Reference().Replace(comment, m => $"`{m.Groups[1].Value}`"), "")).Trim();

    [GeneratedRegex(@"\b(?:class|struct|enum) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^public .* (\w+) \{ get;")]
    private static partial Regex PropertyName();

    [GeneratedRegex(@"<see cref=""([\w.]+)""/>")]
    private static partial Regex Reference();

    [GeneratedRegex("</?summary>")]
    private static partial Regex Tag();
}
