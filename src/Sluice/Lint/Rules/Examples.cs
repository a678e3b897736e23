namespace Sluice.Lint.Rules;

/// <summary>What the examples of the rules stand on.</summary>
public static class Examples
{
    /// <summary>Applied before, and its tables are filled and in use.</summary>
    public const string Schema = """
        CREATE TYPE status AS ENUM ('new', 'paid', 'void');
        CREATE DOMAIN amount AS numeric(10, 2);
        CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE TABLE customers (
          id bigint PRIMARY KEY,
          email text,
          name varchar(100),
          note text,
          price amount,
          updated timestamp
        );
        CREATE TABLE orders (
          id int PRIMARY KEY,
          customer_id bigint,
          total numeric(10, 2),
          state status NOT NULL DEFAULT 'new',
          code varchar(20),
          seen text,
          placed timestamptz,
          CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)
        );
        CREATE INDEX orders_customer_idx ON orders (customer_id);
        CREATE INDEX orders_code_idx ON orders (code);
        CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE events_2027 (id bigint, at timestamptz NOT NULL);
        CREATE VIEW order_totals AS SELECT id, total FROM orders;
        CREATE MATERIALIZED VIEW daily AS SELECT placed, total FROM orders;
        CREATE TRIGGER stamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
        """;
}
