using Sluice.Tests.Support;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Building;

/// <summary>The packages, as a team gets them: packed, referenced by a project that knows nothing else of Sluice, and run.</summary>
public sealed class PackageTests : IDisposable
{
    private static readonly string[] Packed = ["Sluice", "Sluice.Postgres", "Sluice.EntityFrameworkCore", "Sluice.Cli"];
    private static readonly string Machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
        ? given
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-package-").FullName;

    [Fact]
    public async Task A_project_with_the_package_and_the_tool_in_its_manifest_builds_and_writes_to_its_database()
    {
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{folder}/feed" />
                <add key="machine" value="{Machine}" />
              </packageSources>
            </configuration>
            """);

        // Pinned to what this machine has, so that nothing is fetched.
        Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
                <CentralPackageTransitivePinningEnabled>true</CentralPackageTransitivePinningEnabled>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Sluice.EntityFrameworkCore" Version="0.1.0" />
                <PackageVersion Include="Microsoft.EntityFrameworkCore" Version="10.0.14" />
                <PackageVersion Include="Microsoft.EntityFrameworkCore.Relational" Version="10.0.14" />
              </ItemGroup>
            </Project>
            """);
        Write("Shop.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Sluice.EntityFrameworkCore" />
              </ItemGroup>
            </Project>
            """);
        Write("schema.prisma", """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }

            model Item {
              id   Int    @id @default(autoincrement())
              name String
            }
            """);

        // The line of docs/generate.md, and what a program does next.
        Write("Program.cs", """
            using Microsoft.EntityFrameworkCore;
            using Shop.Data;

            var url = args[0];
            await using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseShopContext(url).Options);
            context.Add(new Item { Name = "first" });
            await context.SaveChangesAsync();
            Console.WriteLine($"{await context.Items.CountAsync()} item");
            """);

        // As `dotnet pack --no-build` does each; one process for all, because starting it takes longer than packing.
        Directory.CreateDirectory(Path.Combine(folder, "packing"));
        Write("packing/Packed.proj", $"""
            <Project>
              <Target Name="Pack">
                <MSBuild Projects="{string.Join(';', Packed.Select(p => $"{Repository.Root}/src/{p}/{p}.csproj"))}" Targets="Pack"
                         Properties="Configuration={Configuration};NoBuild=true;_IsPacking=true;PackageOutputPath={folder}/feed" />
              </Target>
            </Project>
            """);
        await DoAsync("msbuild", "packing/Packed.proj", "-nologo", "-v:q", "-t:Pack");
        await DoAsync("tool", "install", "Sluice.Cli", "--version", "0.1.0");
        Assert.Contains("sluice generate: ", await DoAsync("build", "--nologo", "-tl:off"), StringComparison.Ordinal);
        await using var database = await TestDatabase.CreateAsync("""CREATE TABLE "Item" (id serial PRIMARY KEY, name text NOT NULL)""");
        Assert.Contains("1 item", await DoAsync("bin/Debug/net10.0/Shop.dll", database.Url), StringComparison.Ordinal);
        Assert.DoesNotContain("sluice generate: ", await DoAsync("build", "--nologo", "-tl:off"), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    // Its own packages and home: this machine's must not learn of packages that are gone tomorrow.
    private async Task<string> DoAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(folder, "packages"), ["DOTNET_CLI_HOME"] = Path.Combine(folder, "home") };
        var (ok, text) = await Dotnet.RunAsync(folder, environment, arguments);
        Assert.True(ok, $"dotnet {string.Join(' ', arguments)}\n{text}");
        return text;
    }
}
