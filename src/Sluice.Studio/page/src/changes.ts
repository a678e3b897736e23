// What was edited and not yet applied: at most one change a row, in the order in which rows were first touched.

import type { NewValue, Row, RowChange, TableName } from "./types.ts";

export const tableKey = (t: TableName): string => JSON.stringify([t.schema, t.name]);
const rowKey = (t: TableName, key: string[]): string => JSON.stringify([t.schema, t.name, ...key]);

export class Changes {
  private constructor(private readonly list: ReadonlyMap<string, RowChange>, private readonly made: number) {}

  static readonly none = new Changes(new Map(), 0);

  get all(): RowChange[] {
    return [...this.list.values()];
  }

  get count(): number {
    return this.list.size;
  }

  of(table: TableName, key: string[]): RowChange | undefined {
    return this.list.get(rowKey(table, key));
  }

  insertsOf(table: TableName): [string, RowChange][] {
    return [...this.list].filter(([, c]) => c.kind === "insert" && tableKey(c.table) === tableKey(table));
  }

  update(table: TableName, row: Pick<Row, "key" | "version">, values: Record<string, NewValue>): Changes {
    const before = this.of(table, row.key);
    const all = { ...(before?.kind === "update" ? before.values : {}), ...values };
    return this.with(rowKey(table, row.key), { kind: "update", table, key: row.key, version: before?.version ?? row.version, values: all });
  }

  delete(table: TableName, row: Pick<Row, "key" | "version">): Changes {
    return this.with(rowKey(table, row.key), { kind: "delete", table, key: row.key, version: row.version });
  }

  insert(table: TableName, values: Record<string, NewValue>, name?: string): Changes {
    return this.with(name ?? `new ${this.made}`, { kind: "insert", table, values });
  }

  /** The same change of the row as it is now. */
  onto(index: number, version: string | null): Changes {
    const [name, change] = [...this.list][index]!;
    return this.with(name, { ...change, version });
  }

  without(name: string | RowChange): Changes {
    const key = typeof name === "string" ? name : [...this.list].find(([, c]) => c === name)?.[0];
    return new Changes(new Map([...this.list].filter(([n]) => n !== key)), this.made);
  }

  undo(table: TableName, key: string[]): Changes {
    return this.without(rowKey(table, key));
  }

  private with(name: string, change: RowChange): Changes {
    const { schema, name: table } = change.table;
    return new Changes(new Map(this.list).set(name, { ...change, table: { schema, name: table } }), this.made + 1);
  }
}
