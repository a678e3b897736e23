using Sluice.Model.Relations;
using Xunit;

namespace Sluice.Tests.Syntax;

public class EnglishNamesTests
{
    [Theory]
    [InlineData("User", "users")]
    [InlineData("Category", "categories")]
    [InlineData("Box", "boxes")]
    [InlineData("Status", "statuses")]
    [InlineData("Person", "people")]
    [InlineData("Child", "children")]
    [InlineData("Woman", "women")]
    [InlineData("Key", "keys")]
    [InlineData("Analysis", "analyses")]
    [InlineData("Index", "indices")]
    [InlineData("Leaf", "leaves")]
    [InlineData("Information", "information")]
    [InlineData("Posts", "posts")]
    [InlineData("order_item", "orderItems")]
    [InlineData("HTTPServer", "httpservers")]
    [InlineData("Post1abc", "post1Abcs")]
    public void A_list_field_is_named_after_many_of_its_model(string model, string field) =>
        Assert.Equal(field, EnglishNames.Plural(EnglishNames.Camel(model)));
}
