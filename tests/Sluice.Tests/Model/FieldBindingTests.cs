using Sluice.Model;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Model;

public class FieldBindingTests
{
    [Theory]
    [InlineData("String", NativeKind.Text, null, null)]
    [InlineData("Boolean", NativeKind.Boolean, null, null)]
    [InlineData("Int", NativeKind.Integer, null, null)]
    [InlineData("BigInt", NativeKind.BigInt, null, null)]
    [InlineData("Float", NativeKind.DoublePrecision, null, null)]
    [InlineData("Decimal", NativeKind.Decimal, 65, 30)]
    [InlineData("DateTime", NativeKind.Timestamp, 3, null)]
    [InlineData("Json", NativeKind.JsonB, null, null)]
    [InlineData("Bytes", NativeKind.ByteA, null, null)]
    [InlineData("String @db.VarChar(20)", NativeKind.VarChar, 20, null)]
    [InlineData("Decimal @db.Decimal(10, 2)", NativeKind.Decimal, 10, 2)]
    public void Each_scalar_has_its_type_in_the_database(string type, NativeKind kind, int? first, int? second) =>
        Assert.Equal(new NativeType(kind, first, second), Field(type).NativeType);

    [Fact]
    public void Defaults_keep_what_was_written()
    {
        Assert.Equal(new DefaultValue.Number("1.50"), Field("Float @default(1.50)").Default);
        Assert.Equal(new DefaultValue.Text("{}"), Field("Json @default(\"{}\")").Default);
        Assert.Equal(new DefaultValue.Client("uuid", 7), Field("String @default(uuid(7))").Default);
        Assert.Equal(new DefaultValue.DbGenerated(null), Field("String @default(dbgenerated())").Default);
        Assert.Equal(
            new DefaultValue.List([new DefaultValue.EnumMember("B"), new DefaultValue.EnumMember("A")]),
            Field("Letter[] @default([B, A])").Default);
    }

    [Fact]
    public void Names_are_found_over_all_files()
    {
        var read = Migration.Read(
            new SourceText("a.prisma", Bound.Postgres + "model A {\n  id Int @id\n  letter Letter\n}"),
            new SourceText("b.prisma", "enum Letter {\n  A\n}\nmodel A {\n  id Int @id\n}"));
        var mistake = Assert.Single(read.Diagnostics);
        Assert.Equal(("SL2001", "b.prisma"), (mistake.Code, mistake.Source.Path));
    }

    [Fact]
    public void A_slip_brings_no_train_of_consequences()
    {
        Assert.Equal("SL2020 name Text", Bound.Mistakes("model A {\n  name Text\n}"));
    }

    private static ScalarField Field(string type)
    {
        var model = Bound.Model($"model M {{\n  id Int @id\n  field {type}\n}}\nenum Letter {{\n  A\n  B\n}}");
        return model.Entities[0].Field("field");
    }
}
