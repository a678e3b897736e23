import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "./api.ts";
import { tableKey, type Changes } from "./changes.ts";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Problem } from "./problem.tsx";
import type { Cell, Filter, NewValue, Relation, Row, Table, TableName, WholeRow } from "./types.ts";

export type Opened = { kind: "row"; row: Row; column: string } | { kind: "insert"; name?: string; values?: Record<string, NewValue> };

interface Props {
  opened: Opened;
  table: Table;
  canEdit: boolean;
  changes: Changes;
  setChanges: (changes: Changes) => void;
  relations: Relation[];
  lead: (to: TableName, filters: Filter[]) => void;
  close: () => void;
}

/** A row in full: its values to read and to edit, and where it leads. */
export function RowDialog({ opened, table, canEdit, changes, setChanges, relations, lead, close }: Props) {
  const staged = opened.kind === "row" ? changes.of(table, opened.row.key) : undefined;
  const [now, setNow] = useState<WholeRow | null>(opened.kind === "row" && (opened.row.cut.length === 0 || !opened.row.key.length) ? { version: opened.row.version, cells: opened.row.cells } : null);
  const [values, setValues] = useState<Record<string, NewValue>>(opened.kind === "insert" ? opened.values ?? {} : staged?.values ?? {});
  const [failure, setFailure] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (opened.kind !== "row" || now) return;
    post<WholeRow>("/row", { table: { schema: table.schema, name: table.name }, key: opened.row.key }).then(setNow).catch(setFailure);
  }, []);
  useEffect(() => {
    const column = opened.kind === "row" ? opened.column : table.columns.find((c) => !c.isGiven && !c.default)?.name;
    if (now || opened.kind === "insert") form.current?.querySelector<HTMLElement>(`[data-column=${JSON.stringify(column ?? "")}] :is(textarea, select, input)`)?.focus();
  }, [now]);

  const set = (column: string, value: NewValue | undefined) => {
    const { [column]: _, ...others } = values;
    const index = table.columns.findIndex((c) => c.name === column);
    // What is typed back to what it was is no change.
    setValues(value === undefined || (opened.kind === "row" && value === now?.cells[index]) ? others : { ...others, [column]: value });
  };
  const stage = () => {
    if (staged?.kind === "delete") return; // it is kept by saying so
    if (opened.kind === "insert") setChanges(changes.insert(table, values, opened.name));
    else if (Object.keys(values).length) setChanges(changes.undo(table, opened.row.key).update(table, { key: opened.row.key, version: now!.version }, values));
    else setChanges(changes.undo(table, opened.row.key));
    close();
  };
  const cellOf = (cells: Cell[], column: string) => cells[table.columns.findIndex((c) => c.name === column)] ?? null;
  const isThis = (t: TableName) => tableKey(t) === tableKey(table);

  return (
    <Dialog title={opened.kind === "insert" ? `New row of ${table.name}` : `${table.name} ${opened.row.key.join(", ")}`} close={close}>
      {failure ? <Problem of={failure} /> : opened.kind === "row" && !now ? <p class="loading" role="status">Reading the row…</p> : (
        <form ref={form} class="fields" onSubmit={(e) => { e.preventDefault(); stage(); }} onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && canEdit) { e.preventDefault(); stage(); } }}>
          {table.columns.map((column, i) => (
            <Field
              key={column.name} column={column} isInsert={opened.kind === "insert"} canEdit={canEdit && !column.isGiven && staged?.kind !== "delete"}
              isCut={opened.kind === "row" && !opened.row.key.length && opened.row.cut.includes(i)} value={Object.hasOwn(values, column.name) ? values[column.name]! : opened.kind === "insert" ? undefined : now!.cells[i]!} isChanged={Object.hasOwn(values, column.name)} set={(v) => set(column.name, v)}
            />
          ))}
          {opened.kind === "row" && relations.length > 0 && (
            <ul class="relations" aria-label="Relations">
              {relations.flatMap((r) => [
                ...(isThis(r.from) && r.fromColumns.every((c) => cellOf(now!.cells, c) !== null)
                  ? [<li key={`to ${r.name}`}><button type="button" onClick={() => { close(); lead(r.to, r.toColumns.map((c, i) => ({ column: c, operator: "=", value: cellOf(now!.cells, r.fromColumns[i]!)! }))); }}>{r.fromColumns.join(", ")} → {r.to.name}</button></li>] : []),
                ...(isThis(r.to)
                  ? [<li key={`from ${r.name}`}><button type="button" onClick={() => { close(); lead(r.from, r.fromColumns.map((c, i) => ({ column: c, operator: "=", value: cellOf(now!.cells, r.toColumns[i]!) ?? "" }))); }}>← {r.from.name} by {r.fromColumns.join(", ")}</button></li>] : []),
              ])}
            </ul>
          )}
          <footer>
            {canEdit ? (
              <>
                {opened.kind === "row" && <button type="button" class="danger" onClick={() => { setChanges(staged?.kind === "delete" ? changes.undo(table, opened.row.key) : changes.delete(table, { key: opened.row.key, version: now!.version })); close(); }}>{staged?.kind === "delete" ? "Keep the row" : "Delete"}</button>}
                {opened.kind === "insert" && opened.name && <button type="button" class="danger" onClick={() => { setChanges(changes.without(opened.name!)); close(); }}>Forget</button>}
                <span class="space" />
                <button type="button" onClick={close}>Cancel</button>
                {staged?.kind !== "delete" && <button type="submit" class="main" id="stage">Stage</button>}
              </>
            ) : <><span class="space" /><button type="button" onClick={close}>Close</button></>}
          </footer>
        </form>
      )}
    </Dialog>
  );
}
