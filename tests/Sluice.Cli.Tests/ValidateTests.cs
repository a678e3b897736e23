using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class ValidateTests
{
    [Fact]
    public async Task A_valid_schema_is_found_and_confirmed()
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync("validate")).Ends(0).Says("The schema at schema.prisma is valid");
    }

    [Fact]
    public async Task All_mistakes_come_at_once_with_place_excerpt_and_count()
    {
        using var work = new Workspace("model User {\n  id Int @id\n  a  Foo\n  b  Bar\n}\n");
        (await work.RunAsync("validate")).Ends(1)
            .Warns("schema.prisma:8:", "schema.prisma:9:", "8 |   a  Foo", "^^^", "help:")
            .Says("2 errors");
    }

    [Fact]
    public async Task Several_schemas_give_one_json_object_a_line()
    {
        using var work = new Workspace(Workspace.Users);
        work.Write("bad.prisma", "// äöü 😀\nmodel X {\n  id Int @id\n  y Foo\n}\n");
        var run = (await work.RunAsync("validate", "--json", "schema.prisma", "bad.prisma")).Ends(1);
        var lines = run.Output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["schema.prisma", "bad.prisma"], lines.Select(l => l.GetProperty("file").GetString()));
        Assert.Equal([true, false], lines.Select(l => l.GetProperty("valid").GetBoolean()));
        var mistake = lines[1].GetProperty("diagnostics").EnumerateArray().Single(d => d.GetProperty("line").GetInt32() == 4);
        var bytes = File.ReadAllBytes(Path.Combine(work.Folder, "bad.prisma"));
        Assert.Equal("Foo", System.Text.Encoding.UTF8.GetString(bytes[mistake.GetProperty("start").GetInt32()..mistake.GetProperty("end").GetInt32()]));
        Assert.Equal("error", mistake.GetProperty("severity").GetString());
        Assert.Equal(5, mistake.GetProperty("column").GetInt32());
    }

    [Fact]
    public async Task A_folder_is_one_schema_and_its_mistakes_name_their_file()
    {
        using var work = new Workspace();
        work.Write("prisma/schema/a.prisma", Workspace.Datasource);
        work.Write("prisma/schema/b.prisma", "model X {\n  id Int @id\n  y Foo\n}\n");
        var run = (await work.RunAsync("validate", "--json", "prisma/schema")).Ends(1);
        Assert.Equal("prisma/schema/b.prisma", run.Json.GetProperty("diagnostics")[0].GetProperty("file").GetString());
        (await work.RunAsync("validate")).Ends(1).Warns("prisma/schema/b.prisma:3:");
    }

    [Fact]
    public async Task A_mistyped_option_is_no_file()
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync("validate", "--jsn")).Ends(1).Warns("does not know `--jsn`", "Did you mean `--json`?");
    }

    [Fact]
    public async Task Every_conformance_schema_gets_an_answer_from_one_process()
    {
        Assert.SkipWhen(Conformance.Root is null, "no conformance cases");
        var files = Directory.GetFiles(Path.Combine(Conformance.Root!, "psl"), "*.prisma");
        using var work = new Workspace();
        var run = await work.RunAsync(["validate", "--json", .. files]);
        Assert.Equal(files, run.Output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("file").GetString()));
    }
}
