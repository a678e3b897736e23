using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Sluice.Bench.Shop;

namespace Sluice.Bench.ByHand;

// The same tables as a programmer maps them without a generator: conventions, and a line where they do not do.
internal sealed class Customer
{
    public Guid Id { get; set; }

    public required string Email { get; set; }

    public required string Name { get; set; }

    public required JsonDocument Settings { get; set; }

    public List<string> Tags { get; set; } = [];

    public bool IsActive { get; set; } = true;

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public List<Order> Orders { get; set; } = [];
}

internal sealed class Order
{
    public int Id { get; set; }

    public Guid CustomerId { get; set; }

    public Status Status { get; set; }

    public decimal Total { get; set; }

    public DateTime PlacedAt { get; set; }

    public Customer? Customer { get; set; }

    public List<Line> Lines { get; set; } = [];
}

internal sealed class Line
{
    public int OrderId { get; set; }

    public int Position { get; set; }

    public required string Product { get; set; }

    public int Quantity { get; set; }

    public decimal Price { get; set; }
}

internal sealed class HandContext(DbContextOptions<HandContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Order> Orders => Set<Order>();

    public static void Use(DbContextOptionsBuilder options, NpgsqlDataSource source, bool retry) => options.UseNpgsql(source, npgsql =>
    {
        npgsql.MapEnum<Status>("Status", null, new Npgsql.NameTranslation.NpgsqlNullNameTranslator());
        if (retry)
        {
            npgsql.EnableRetryOnFailure();
        }
    });

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Customer>().ToTable("Customer").HasQueryFilter(c => c.DeletedAt == null).Property(c => c.CreatedAt).HasDefaultValueSql("CURRENT_TIMESTAMP");
        modelBuilder.Entity<Order>().ToTable("Order");
        modelBuilder.Entity<Line>().ToTable("Line").HasKey(l => new { l.OrderId, l.Position });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        }
    }
}
