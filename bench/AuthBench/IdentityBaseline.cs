using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Sluice.Bench.Auth;

/// <summary>ASP.NET Core's own identity endpoints on EF Core and PostgreSQL, as their documentation sets them up; only the pool of contexts is more.</summary>
internal sealed class IdentityBaseline(DbContextOptions<IdentityBaseline> options) : IdentityDbContext<IdentityUser>(options)
{
    public static async Task PrepareAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IdentityBaseline>().Database.EnsureCreatedAsync();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        for (var i = 0; i < Field.Clients; i++)
        {
            var email = $"user{i}@example.com";
            var made = await users.CreateAsync(new IdentityUser { UserName = email, Email = email, EmailConfirmed = true }, Field.Password + "A1");
            if (!made.Succeeded)
            {
                throw new InvalidOperationException(string.Join(", ", made.Errors.Select(e => e.Description)));
            }
        }
    }

    /// <summary>Signs everybody in, so that there are tokens to refresh.</summary>
    public static async Task SignInAsync(Uri server, string file)
    {
        using var client = new HttpClient { BaseAddress = server };
        var tokens = new List<string>();
        for (var i = 0; i < Field.Clients; i++)
        {
            using var response = await client.PostAsJsonAsync("/login", new { email = $"user{i}@example.com", password = Field.Password + "A1" });
            using var json = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            tokens.Add(json.RootElement.GetProperty("refreshToken").GetString()!);
        }

        await File.WriteAllLinesAsync(file, tokens);
    }
}
