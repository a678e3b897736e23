using System.Net;
using System.Text;
using Sluice.Auth.Roles;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Roles;

/// <summary>How there comes to be an administrator, and how the last one stays.</summary>
public sealed class FirstAdministratorTests
{
    private const string Route = "/auth/v1/admin/users";

    [Fact]
    public async Task Bar_21_the_first_administrator_comes_from_the_command_line_with_a_password_that_is_no_argument()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        // Without a word on the command line nobody who registers may sign in before the address is confirmed.
        await using var node = await TestNode.StartAsync(database, o => o.AutoConfirm = false, clock);

        Assert.Equal((1, "There is no account with that address. To make it, write its password as the first line: sluice-auth create-admin root@example.com < FILE"), await CommandAsync(node, "", "create-admin", "Root@example.com"));
        Assert.Equal(1, (await CommandAsync(node, "short\n", "create-admin", "root@example.com")).Code);
        Assert.Equal(1, (await CommandAsync(node, TestNode.Password, "create-admin", "root")).Code);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM users"));
        Assert.Equal((0, "root@example.com was made, and is an administrator. Routes of administrators need a second factor, too: enrol one after signing in."), await CommandAsync(node, TestNode.Password + "\nnot this\n", "create-admin", "Root@example.com"));
        Assert.Equal((0, "root@example.com is an administrator already."), await CommandAsync(node, "", "create-admin", "root@example.com"));

        var root = await node.LoginAsync("root@example.com");
        Assert.Equal(HttpStatusCode.Forbidden, await node.StatusAsync(root.Access, Route));
        var sure = await App.OfAsync(node, clock, root);
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(sure.Session.Access, Route));
        Assert.Equal("account_created role_granted", await database.QueryAsync("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_logs WHERE action IN ('account_created', 'role_granted') AND \"userAgent\" = 'command line'"));
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM audit_logs a WHERE a::text LIKE '%{TestNode.Password}%'"));
    }

    [Fact]
    public async Task Bar_21_the_first_administrator_may_get_a_link_once_instead_of_a_password()
    {
        await using var at = await MailNode.StartAsync();
        await using var database = await TestNode.NewDatabaseAsync();
        await using var without = await TestNode.StartAsync(database);
        Assert.Equal(1, (await CommandAsync(without, TestNode.Password, "create-admin", "root@example.com", "--invite")).Code);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM users"));

        // What is on the input is not read then; nothing on it is the same wish.
        var (code, said) = await CommandAsync(at.Node, TestNode.Password, "create-admin", "root@example.com", "--invite");
        Assert.Equal(0, code);
        var first = said.Split("?token=")[1];
        Assert.Equal(HttpStatusCode.Unauthorized, await at.TryLoginAsync(identifier: "root@example.com"));
        var second = (await CommandAsync(at.Node, "", "create-admin", "root@example.com", "--invite")).Said.Split("?token=")[1];
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(first));
        Assert.Equal(HttpStatusCode.NoContent, await at.ResetAsync(second));
        Assert.Equal(HttpStatusCode.BadRequest, await at.ResetAsync(second));
        Assert.Equal(HttpStatusCode.OK, await at.TryLoginAsync(MailNode.Fresh, "root@example.com"));

        // Who has a password resets it as everybody does.
        Assert.DoesNotContain("token=", (await CommandAsync(at.Node, "", "create-admin", "root@example.com", "--invite")).Said, StringComparison.Ordinal);
        Assert.Contains("?token=", (await CommandAsync(at.Node, "", "create-admin", "other@example.com")).Said, StringComparison.Ordinal);
        Assert.Equal(0L, await at.QueryAsync("SELECT count(*) FROM email_logs WHERE template = 'reset'"));
        Assert.Equal(0L, await at.QueryAsync($"SELECT count(*) FROM audit_logs a WHERE a::text LIKE '%{second}%'"));
    }

    [Fact]
    public async Task Roles_are_given_shown_and_taken_on_the_command_line()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await node.RegisterAsync();
        const string Done = "Done. Access tokens of before are refused from now on; the next refresh brings the roles of now.";

        Assert.Equal((0, "ada@example.com is an administrator. Routes of administrators need a second factor, too: enrol one after signing in. The account was there before, and signs in with what it did: where that is not its owner's, take the role away again (sluice-auth revoke)."), await CommandAsync(node, "", "create-admin", "ada@example.com"));
        Assert.Equal((0, Done), await CommandAsync(node, "", "grant", "ada@example.com", "ORGANIZER", "room:42", "--until", "2090-01-31T12:00:00Z"));
        Assert.Equal((0, "user\nADMIN\nORGANIZER  room:42  until 2090-01-31 12:00:00Z"), await CommandAsync(node, "", "roles", "ada@example.com"));
        Assert.Equal((0, Done), await CommandAsync(node, "", "revoke", "ada@example.com", "ORGANIZER", "room:42"));
        Assert.Equal((0, "It was so before."), await CommandAsync(node, "", "revoke", "ada@example.com", "ORGANIZER", "room:42"));
        Assert.Equal((1, "Nobody else administers for good. Give somebody else the role first."), await CommandAsync(node, "", "revoke", "ada@example.com", "ADMIN"));
        Assert.Equal((1, "It is no role that can be given so. There are: ADMIN, ORGANIZER, MODERATOR, PARTICIPANT, VIEWER."), await CommandAsync(node, "", "grant", "ada@example.com", "OWNER"));
        Assert.Equal((1, "There is no account with that address."), await CommandAsync(node, "", "grant", "eve@example.com", "VIEWER"));
        Assert.Equal(2, (await CommandAsync(node, "", "grant", "ada@example.com", "VIEWER", "room")).Code);
        Assert.Equal(2, (await CommandAsync(node, "", "grant", "ada@example.com", "VIEWER", "--until", "soon")).Code);
    }

    [Fact]
    public async Task The_last_administrator_does_not_delete_the_own_account()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var (ada, eve) = (await node.RegisterAsync(), await node.RegisterAsync("eve@example.com"));
        await node.Get<RoleAdministration>().GrantAsync(ada.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        ada = await node.RefreshAsync(ada.Refresh);

        Assert.Equal(HttpStatusCode.Conflict, await DeleteAsync(node, ada.Access, new { currentPassword = TestNode.Password }));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
        await node.Get<RoleAdministration>().GrantAsync(eve.UserId, "ADMIN", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(node, ada.Access, new { currentPassword = TestNode.Password }));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(ada.Access));
    }

    [Fact]
    public async Task Who_has_no_password_deletes_the_account_soon_after_signing_in()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, clock: clock);
        var (ada, eve) = (await node.RegisterAsync(), await node.RegisterAsync("eve@example.com"));
        Assert.Equal(HttpStatusCode.BadRequest, await DeleteAsync(node, ada.Access, new { }));
        // As accounts of another service are.
        await database.ExecuteAsync("""UPDATE users SET "passwordHash" = NULL""");

        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(node, ada.Access, new { }));
        clock.Move(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        var later = await node.RefreshAsync(eve.Refresh);
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(node, later.Access, new { }));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(node, later.Access, new { currentPassword = TestNode.Password }));
        Assert.Equal("eve@example.com", await database.QueryAsync("""SELECT string_agg(email, ' ') FROM users WHERE "deletedAt" IS NULL"""));
    }

    private static async Task<HttpStatusCode> DeleteAsync(TestNode node, string token, object body)
    {
        using var response = await node.SendAsync(HttpMethod.Delete, "me", token, body);
        return response.StatusCode;
    }

    private static async Task<(int Code, string Said)> CommandAsync(TestNode node, string input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(input));
        return (await AuthCommands.RunAsync(node.Services, arguments, output, TextWriter.Null, lines, TestContext.Current.CancellationToken), output.ToString().TrimEnd('\n'));
    }
}
