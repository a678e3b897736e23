using System.Globalization;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Building;

/// <summary>A project outside the checkout, built by `dotnet build` as its team would.</summary>
public sealed class BuildTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-build-").FullName;

    public BuildTests()
    {
        Write("Shop.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{AppContext.BaseDirectory}Sluice*.dll" Exclude="{AppContext.BaseDirectory}Sluice*.Tests*.dll" />
                <Reference Include="{AppContext.BaseDirectory}Npgsql*.dll;{AppContext.BaseDirectory}Microsoft.EntityFrameworkCore*.dll;{AppContext.BaseDirectory}Microsoft.Extensions.*.dll" />
              </ItemGroup>
              <Import Project="{Repository.Root}/src/Sluice.EntityFrameworkCore/build/Sluice.EntityFrameworkCore.targets" />
            </Project>
            """);
        Schema("name String");
        Write("Use.cs", "public static class Use { public static string Of(Shop.Data.Item item) => item.Name; }");
    }

    [Fact]
    public async Task Editing_the_schema_is_enough_and_an_untouched_one_costs_nothing()
    {
        var tool = $"-p:SluiceTool={Path.Combine(Repository.Root, "sluice")}";
        var first = await BuildAsync(tool);
        Assert.True(first.Ok && first.Ran, first.Text);
        var second = await BuildAsync(tool, "--no-restore");
        Assert.True(second.Ok && !second.Ran, second.Text);

        Schema("title String");
        Write("Use.cs", "public static class Use { public static string Of(Shop.Data.Item item) => item.Title; }");
        var third = await BuildAsync(tool, "--no-restore");
        Assert.True(third.Ok && third.Ran, third.Text);

        Schema("title Strin");
        var wrong = await BuildAsync(tool, "--no-restore");
        Assert.False(wrong.Ok);
        Assert.Contains("SL6006", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("schema.prisma:", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_tool_the_build_says_how_to_get_it_and_a_schema_that_is_not_there_is_named()
    {
        Write("All.proj", """
            <Project>
              <Target Name="All">
                <MSBuild Projects="Shop.csproj" Targets="SluiceGenerate" Properties="SluiceTool=/nowhere/sluice" ContinueOnError="ErrorAndContinue" />
                <MSBuild Projects="Shop.csproj" Targets="SluiceGenerate" Properties="SluiceSchema=data/schema.prisma" ContinueOnError="ErrorAndContinue" />
              </Target>
            </Project>
            """);
        var (ok, text) = await Dotnet.RunAsync(folder, new Dictionary<string, string>(), ["msbuild", "All.proj", "-nologo", "-tl:off", "-v:m"]);
        Assert.False(ok);
        Assert.Contains("error SL6005: The tool that makes the EF Core model was not found: \"/nowhere/sluice\"", text, StringComparison.Ordinal);
        Assert.Contains($"error SL6004: There is no schema at {Path.Combine(folder, "data/schema.prisma")}. Set SluiceSchema", text, StringComparison.Ordinal);
    }

    // Beside the project's file, or what is passed to it; and what is run then.
    private static readonly (string There, string Command)[] Tools =
    [
        ("", "sluice"),
        ("dotnet-tools.json", "dotnet tool run sluice --"),
        (".config/dotnet-tools.json", "dotnet tool run sluice --"),
        ("../dotnet-tools.json", "dotnet tool run sluice --"),
        ("of others/dotnet-tools.json", "sluice"),
        ("sluice Sluice.slnx", "\"{0}/sluice\""),
        ("sluice Sluice.slnx dotnet-tools.json", "dotnet tool run sluice --"),
        ("sluice Sluice.slnx dotnet-tools.json SluiceTool=/my/sluice", "\"/my/sluice\""),
    ];

    [Fact]
    public async Task The_tool_is_the_property_or_else_of_a_manifest_or_else_of_the_checkout_or_else_on_the_path()
    {
        var projects = Tools.Select((tool, i) => Project(Path.Combine(folder, $"{i}", "app"), tool.There)).ToList();
        Write("All.proj", $"""<Project><Target Name="All">{string.Concat(projects)}</Target></Project>""");

        // One process for all: starting it takes longer than what it finds out.
        var (ok, text) = await Dotnet.RunAsync(folder, new Dictionary<string, string>(), ["msbuild", "All.proj", "-nologo", "-tl:off", "-v:m"]);

        Assert.True(ok, text);
        Assert.Equal(
            Tools.Select((tool, i) => $"{i}: {string.Format(CultureInfo.InvariantCulture, tool.Command, Path.Combine(folder, $"{i}", "app"))}"),
            text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private string Project(string project, string there)
    {
        Directory.CreateDirectory(Path.Combine(project, ".config"));
        File.Copy(Path.Combine(folder, "schema.prisma"), Path.Combine(project, "schema.prisma"));
        File.WriteAllText(Path.Combine(project, "Shop.csproj"), File.ReadAllText(Path.Combine(folder, "Shop.csproj")).Replace("</Project>", """
            <Target Name="Say" DependsOnTargets="SluiceFindSchema">
              <Message Importance="high" Text="$([System.IO.Path]::GetFileName($([System.IO.Path]::GetDirectoryName($(MSBuildProjectDirectory))))): $(_SluiceCommand)" />
            </Target>
            </Project>
            """, StringComparison.Ordinal));
        var others = there.StartsWith("of others/", StringComparison.Ordinal);
        var names = (others ? there["of others/".Length..] : there).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Where(n => !n.Contains('=', StringComparison.Ordinal)))
        {
            File.WriteAllText(Path.Combine(project, name), others ? """{"tools": {"other": {"commands": ["other"]}}}""" : """{"tools": {"sluice.cli": {"commands": ["sluice"]}}}""");
        }

        return $"""<MSBuild Projects="{project}/Shop.csproj" Targets="Say" Properties="{names.FirstOrDefault(n => n.Contains('=', StringComparison.Ordinal))}" />""";
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Schema(string field) => Write("schema.prisma", $$"""
        datasource db {
          provider = "postgresql"
          url      = env("DATABASE_URL")
        }

        model Item {
          id Int @id
          {{field}}
        }
        """);

    // A step ahead of the stamp, on file systems that keep whole seconds too.
    private void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        var stamp = Directory.GetFiles(folder, "sluice.stamp", SearchOption.AllDirectories).FirstOrDefault();
        File.SetLastWriteTimeUtc(path, stamp is null ? File.GetLastWriteTimeUtc(path) : File.GetLastWriteTimeUtc(stamp).AddSeconds(2));
    }

    private async Task<(bool Ok, bool Ran, string Text)> BuildAsync(params string[] arguments)
    {
        var (ok, text) = await Dotnet.RunAsync(folder, new Dictionary<string, string>(), ["build", "-v", "m", "--nologo", "-tl:off", .. arguments]);
        return (ok, text.Contains("sluice generate: ", StringComparison.Ordinal), text);
    }
}
