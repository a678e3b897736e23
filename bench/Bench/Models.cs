using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Npgsql.NameTranslation;
using Sluice.Bench.ByHand;
using Sluice.Bench.Shop;
using Sluice.Catalog;
using Sluice.Postgres.Local;
using Sluice.Text;

namespace Sluice.Bench;

/// <summary>
/// The generated EF Core model beside one that is written by hand, and beside bare Npgsql for single rows. Each task is done by all in turn,
/// in rounds of some milliseconds, so that they share the machine's mood; each has a pool of contexts and a pool of connections.
/// The generated registration retries what a broken connection interrupts, for which EF Core keeps rows in memory: so does the one by
/// hand, and a second one does not, to show what that costs.
/// </summary>
internal sealed class Models(ServiceProvider generated, ServiceProvider byHand, ServiceProvider withoutRetries, NpgsqlDataSource bare, Guid[] customers, int[] orders) : IAsyncDisposable
{
    private const int Customers = 1000;
    private const int OrdersEach = 5;
    private const int LinesEach = 4;

    private int turn;

    private Guid Customer => customers[turn++ % customers.Length];

    private int Order => orders[turn++ % orders.Length];

    // Generated, by hand, and bare where the task is one row.
    private (string Name, int Times, Func<Task> Generated, Func<ServiceProvider, Task> ByHand, Func<Task>? Bare)[] Tasks =>
    [
        (
            "one order by key, `ReadOrderAsync`", 100,
            () => WithShop(c => c.ReadOrderAsync(Order)),
            p => WithHand(p, c => { var id = Order; return c.Orders.AsNoTracking().SingleAsync(o => o.Id == id); }),
            BareOrderAsync),
        (
            "one customer by key, `ReadCustomerAsync`", 100,
            () => WithShop(c => c.ReadCustomerAsync(Customer)),
            p => WithHand(p, c => { var id = Customer; return c.Customers.AsNoTracking().SingleAsync(x => x.Id == id); }),
            BareCustomerAsync),
        (
            "one order by key, not tracked", 100,
            () => WithShop(c => { var id = Order; return c.Orders.AsNoTracking().SingleAsync(o => o.Id == id); }),
            p => WithHand(p, c => { var id = Order; return c.Orders.AsNoTracking().SingleAsync(o => o.Id == id); }),
            BareOrderAsync),
        (
            "one customer by key, not tracked", 100,
            () => WithShop(c => { var id = Customer; return c.Customers.AsNoTracking().SingleAsync(x => x.Id == id); }),
            p => WithHand(p, c => { var id = Customer; return c.Customers.AsNoTracking().SingleAsync(x => x.Id == id); }),
            BareCustomerAsync),
        (
            "one customer by key, `FindAsync`", 100,
            () => WithShop(async c => await c.Customers.FindAsync(Customer)),
            p => WithHand(p, async c => await c.Customers.FindAsync(Customer)),
            BareCustomerAsync),
        (
            "500 orders, not tracked", 10,
            () => WithShop(c => c.Orders.AsNoTracking().Where(o => o.Total > 10).OrderBy(o => o.PlacedAt).Take(500).ToListAsync()),
            p => WithHand(p, c => c.Orders.AsNoTracking().Where(o => o.Total > 10).OrderBy(o => o.PlacedAt).Take(500).ToListAsync()),
            null),
        (
            "500 orders, tracked", 10,
            () => WithShop(c => c.Orders.OrderBy(o => o.Id).Take(500).ToListAsync()),
            p => WithHand(p, c => c.Orders.OrderBy(o => o.Id).Take(500).ToListAsync()),
            null),
        (
            "20 customers with orders and lines", 10,
            () => WithShop(c => c.Customers.OrderBy(x => x.Email).Take(20).Include(x => x.Orders).ThenInclude(o => o.Lines).ToListAsync()),
            p => WithHand(p, c => c.Customers.OrderBy(x => x.Email).Take(20).Include(x => x.Orders).ThenInclude(o => o.Lines).ToListAsync()),
            null),
        (
            "a count over tags and documents", 10,
            () => WithShop(c => c.Customers.CountAsync(x => x.Tags!.Contains("t3") && x.Settings.RootElement.GetProperty("n").GetInt32() > 500)),
            p => WithHand(p, c => c.Customers.CountAsync(x => x.Tags.Contains("t3") && x.Settings.RootElement.GetProperty("n").GetInt32() > 500)),
            null),
        (
            "change one customer", 50,
            () => WithShop(ChangeAsync),
            p => WithHand(p, ChangeAsync),
            null),
        (
            "insert 20 customers, one save", 5,
            () => WithShop(InsertAsync),
            p => WithHand(p, InsertAsync),
            null),
    ];

    public static async Task RunAsync(int rounds)
    {
        var work = Directory.CreateTempSubdirectory("sluice-bench-");
        var cluster = new LocalCluster(work.FullName, PostgresBinaries.Require(null), new LocalClusterOptions(Durable: false));
        await cluster.StartAsync();
        try
        {
            await using var models = await CreateAsync(cluster.Connection());
            await models.MeasureAsync(rounds);
        }
        finally
        {
            await cluster.StopAsync();
            work.Delete(recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await generated.DisposeAsync();
        await byHand.DisposeAsync();
        await withoutRetries.DisposeAsync();
        await bare.DisposeAsync();
    }

    private static async Task<Models> CreateAsync(NpgsqlConnectionStringBuilder server)
    {
        server.Pooling = true;
        server.MaxPoolSize = 10;
        var schema = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Shop", "schema.prisma"));
        await using (var plain = NpgsqlDataSource.Create(server))
        {
            await using var tables = plain.CreateCommand(Migration.Script(Database.Empty, CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", schema)).Value)));
            await tables.ExecuteNonQueryAsync();
            await using var rows = plain.CreateCommand(Rows);
            await rows.ExecuteNonQueryAsync();
        }

        var source = new NpgsqlDataSourceBuilder(server.ConnectionString);
        source.MapEnum<Status>("Status", new NpgsqlNullNameTranslator());
        var bare = source.Build();
        var customers = await KeysAsync<Guid>(bare, "SELECT id FROM \"Customer\" ORDER BY email");
        var orders = await KeysAsync<int>(bare, "SELECT id FROM \"Order\" ORDER BY id");
        return new Models(
            new ServiceCollection().AddShopContext(server.ConnectionString).BuildServiceProvider(),
            new ServiceCollection().AddDbContextPool<HandContext>(o => HandContext.Use(o, bare, retry: true)).BuildServiceProvider(),
            new ServiceCollection().AddDbContextPool<HandContext>(o => HandContext.Use(o, bare, retry: false)).BuildServiceProvider(),
            bare,
            customers,
            orders);
    }

    private static string Rows => string.Create(CultureInfo.InvariantCulture, $$"""
        INSERT INTO "Customer" (id, email, name, settings, tags, "updatedAt")
          SELECT gen_random_uuid(), 'c' || n || '@example.org', 'Customer ' || n, jsonb_build_object('n', n, 'theme', 'dark'), ARRAY['t' || n % 7, 't' || n % 5], now()
          FROM generate_series(1, {{Customers}}) n;
        INSERT INTO "Order" ("customerId", status, total, "placedAt")
          SELECT id, 'PAID', n * 10.5, now() - n * interval '1 hour' FROM "Customer", generate_series(1, {{OrdersEach}}) n;
        INSERT INTO "Line" ("orderId", position, product, quantity, price)
          SELECT id, n, 'Product ' || n, n, n * 1.5 FROM "Order", generate_series(1, {{LinesEach}}) n;
        ANALYZE;
        """);

    private static async Task<T[]> KeysAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var keys = new List<T>();
        while (await reader.ReadAsync())
        {
            keys.Add(reader.GetFieldValue<T>(0));
        }

        return [.. keys];
    }

    private async Task MeasureAsync(int rounds)
    {
        Console.WriteLine("| task | generated, µs | by hand, µs | of by hand | of by hand without retries | bare Npgsql, µs | of bare | kB, generated | kB, by hand |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (name, times, ours, theirs, single) in Tasks)
        {
            Func<Task>[] contenders = [ours, () => theirs(byHand), () => theirs(withoutRetries), .. single is null ? Array.Empty<Func<Task>>() : [single]];
            var took = contenders.Select(_ => new double[rounds]).ToArray();
            var allocated = contenders.Select(_ => new double[rounds]).ToArray();
            for (var round = -rounds / 2; round < rounds; round++)
            {
                // The turns go round, so that none always follows the same. The first rounds warm up and do not count.
                for (var i = 0; i < contenders.Length; i++)
                {
                    var who = (i + Math.Abs(round)) % contenders.Length;
                    var (before, started) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
                    for (var n = 0; n < times; n++)
                    {
                        await contenders[who]();
                    }

                    if (round >= 0)
                    {
                        took[who][round] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / times;
                        allocated[who][round] = (GC.GetTotalAllocatedBytes(precise: true) - before) / 1000.0 / times;
                    }
                }
            }

            var alone = single is null ? "– | –" : string.Create(CultureInfo.InvariantCulture, $"{Median(took[3]):0} | {Ratio(took[0], took[3]):0.00}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(took[0]):0} | {Median(took[1]):0} | {Ratio(took[0], took[1]):0.00} | {Ratio(took[0], took[2]):0.00} | {alone} | {Median(allocated[0]):0.0} | {Median(allocated[1]):0.0} |"));
        }
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    // Round by round: what slows the machine for one slows its neighbour.
    private static double Ratio(double[] of, double[] to) => Median([.. of.Zip(to, (a, b) => a / b)]);

    private async Task WithShop<T>(Func<ShopContext, Task<T>> task)
    {
        await using var scope = generated.CreateAsyncScope();
        await task(scope.ServiceProvider.GetRequiredService<ShopContext>());
    }

    private static async Task WithHand<T>(ServiceProvider provider, Func<HandContext, Task<T>> task)
    {
        await using var scope = provider.CreateAsyncScope();
        await task(scope.ServiceProvider.GetRequiredService<HandContext>());
    }

    private async Task<int> ChangeAsync(ShopContext context)
    {
        var id = Customer;
        var customer = await context.Customers.SingleAsync(c => c.Id == id);
        customer.Name = customer.Name.StartsWith('A') ? "B" : "A";
        return await context.SaveChangesAsync();
    }

    private async Task<int> ChangeAsync(HandContext context)
    {
        var id = Customer;
        var customer = await context.Customers.SingleAsync(c => c.Id == id);
        customer.Name = customer.Name.StartsWith('A') ? "B" : "A";
        customer.UpdatedAt = DateTime.UtcNow;
        return await context.SaveChangesAsync();
    }

    private static async Task<int> InsertAsync(ShopContext context)
    {
        for (var i = 0; i < 20; i++)
        {
            context.Add(new Shop.Customer { Email = Guid.NewGuid().ToString(), Name = "New", Settings = JsonDocument.Parse("""{"n": 1}"""), Tags = ["new"] });
        }

        return await context.SaveChangesAsync();
    }

    private static async Task<int> InsertAsync(HandContext context)
    {
        for (var i = 0; i < 20; i++)
        {
            context.Add(new ByHand.Customer
            {
                Id = Guid.CreateVersion7(), Email = Guid.NewGuid().ToString(), Name = "New", Settings = JsonDocument.Parse("""{"n": 1}"""), Tags = ["new"], UpdatedAt = DateTime.UtcNow,
            });
        }

        return await context.SaveChangesAsync();
    }

    private async Task BareOrderAsync()
    {
        await using var command = bare.CreateCommand("SELECT id, \"customerId\", \"placedAt\", status, total FROM \"Order\" WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Order });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        _ = new ByHand.Order
        {
            Id = reader.GetInt32(0), CustomerId = reader.GetGuid(1), PlacedAt = reader.GetDateTime(2), Status = reader.GetFieldValue<Status>(3), Total = reader.GetDecimal(4),
        };
    }

    private async Task BareCustomerAsync()
    {
        await using var command = bare.CreateCommand("SELECT id, \"createdAt\", \"deletedAt\", email, \"isActive\", name, settings, tags, \"updatedAt\" FROM \"Customer\" WHERE id = $1 AND \"deletedAt\" IS NULL");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Customer });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        _ = new ByHand.Customer
        {
            Id = reader.GetGuid(0), CreatedAt = reader.GetDateTime(1), DeletedAt = reader.IsDBNull(2) ? null : reader.GetDateTime(2), Email = reader.GetString(3),
            IsActive = reader.GetBoolean(4), Name = reader.GetString(5), Settings = reader.GetFieldValue<JsonDocument>(6), Tags = reader.GetFieldValue<List<string>>(7), UpdatedAt = reader.GetDateTime(8),
        };
    }
}
