import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { post } from "./api.ts";
import { Changes, tableKey } from "./changes.ts";
import { Filters } from "./filters.tsx";
import { Grid, widthsFor, type Place } from "./grid.tsx";
import { announce, number, Problem } from "./problem.tsx";
import { Review } from "./review.tsx";
import { RowDialog, type Opened } from "./row-dialog.tsx";
import { RowWindow } from "./rows.ts";
import type { Column, Filter, Relation, Row, Selection, Session, Sort, Table, TableName, WholeRow } from "./types.ts";

const asHash = (s: Selection): string =>
  `#/data/${[s.table.schema, s.table.name].map(encodeURIComponent).join("/")}${s.sort || s.filters.length ? `?${encodeURIComponent(JSON.stringify({ sort: s.sort, filters: s.filters }))}` : ""}`;

function fromHash(hash: string, tables: Table[]): Selection | null {
  const [path, query] = hash.slice("#/data/".length).split("?");
  const [schema, name] = (path ?? "").split("/").map(decodeURIComponent);
  const table = tables.find((t) => t.schema === schema && t.name === name);
  if (!table) return null;
  let more: { sort?: Sort; filters?: Filter[] } = {};
  try {
    more = query ? JSON.parse(decodeURIComponent(query)) : {};
  } catch {
    announce("The address could not be read to its end.");
  }
  return { table: { schema: table.schema, name: table.name }, sort: more.sort, filters: more.filters ?? [] };
}

interface DataProps { session: Session; tables: Table[]; reload: () => void; changes: Changes; setChanges: (changes: Changes) => void }

export function DataTab({ session, tables, reload, changes, setChanges }: DataProps) {
  const [selection, setSelection] = useState(() => fromHash(location.hash, tables));
  const [isReviewing, setReviewing] = useState(false);
  const [read, setRead] = useState(0);
  const [find, setFind] = useState("");
  const schemas = new Set(tables.map((t) => t.schema));

  useEffect(() => {
    const moved = () => location.hash.startsWith("#/data") && setSelection(fromHash(location.hash, tables));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, [tables]);

  const table = selection && tables.find((t) => tableKey(t) === tableKey(selection.table));
  const found = tables.filter((t) => `${t.schema}.${t.name}`.toLowerCase().includes(find.toLowerCase()));
  return (
    <div class={`data ${table ? "chosen" : ""}`}>
      <nav class="tables" aria-label="Tables">
        <input type="search" placeholder="Find a table" aria-label="Find a table" value={find} onInput={(e) => setFind(e.currentTarget.value)} />
        <ul>
          {found.map((t) => (
            <li key={tableKey(t)}>
              <a href={asHash({ table: t, filters: [] })} aria-current={t === table ? "true" : undefined} title={t.comment ?? undefined}>
                <span>{schemas.size > 1 && <span class="faint">{t.schema}.</span>}{t.name}{t.kind.includes("view") && <span class="faint"> view</span>}</span>
                {t.rows >= 0 && <span class="count">{short(t.rows)}</span>}
              </a>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="faint">{tables.length === 0 ? "This database has no tables yet." : "No table of that name."}</p>}
      </nav>
      <section class="content" aria-label={table ? table.name : "Rows"}>
        {table && selection ? (
          <Rows key={tableKey(table)} read={read} session={session} table={table} tables={tables} selection={selection} changes={changes} setChanges={setChanges} />
        ) : (
          <>
            <h1 class="unseen">Data</h1>
            <p class="empty">{tables.length === 0 ? "Make a table with a migration, and load this page again." : "Choose a table."}</p>
          </>
        )}
        {changes.count > 0 && (
          <div class="staged" role="region" aria-label="Staged changes">
            <span><b>{changes.count}</b> {changes.count === 1 ? "change" : "changes"} staged</span>
            <button type="button" onClick={() => setChanges(Changes.none)}>Discard</button>
            <button type="button" class="main" id="review" onClick={() => setReviewing(true)}>Review SQL</button>
          </div>
        )}
      </section>
      {isReviewing && (
        <Review
          changes={changes} tables={tables} setChanges={setChanges} close={() => setReviewing(false)}
          applied={() => { setReviewing(false); setChanges(Changes.none); setRead(read + 1); reload(); }}
        />
      )}
    </div>
  );
}

const short = (n: number): string => (n < 1000 ? `${n}` : n < 1e6 ? `${(n / 1e3).toFixed(n < 1e4 ? 1 : 0)}k` : `${(n / 1e6).toFixed(1)}M`);

interface RowsProps {
  /** Another number when the rows are to be read again. */
  read: number;
  session: Session;
  table: Table;
  tables: Table[];
  selection: Selection;
  changes: Changes;
  setChanges: (changes: Changes) => void;
}

function Rows({ read, session, table, tables, selection, changes, setChanges }: RowsProps) {
  const [version, setVersion] = useState(0);
  const [shift, setShift] = useState({ by: 0, at: 0 });
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const [opened, setOpened] = useState<Opened | null>(null);
  // As they were read: they may be far away by now.
  const [selected, setSelected] = useState<ReadonlyMap<string, Row>>(new Map<string, Row>());
  const [widths, setWidths] = useState<number[] | null>(null);
  const [jump, setJump] = useState<{ row: number } | null>(null);
  const [tries, setTries] = useState(0);
  const area = useRef<HTMLDivElement>(null);
  const counter = useRef(0);
  const rows = useMemo(() => new RowWindow(selection, table.rows, (by) => {
    setVersion(++counter.current);
    if (by !== 0) setShift({ by, at: counter.current });
  }), [selection, table, read, tries]);
  useEffect(() => {
    void rows.open();
    setPlace((p) => ({ ...p, row: 0 }));
    setSelected(new Map<string, Row>());
    return () => rows.close();
  }, [rows]);

  const canEdit = table.isEditable && !session.readOnly && table.identity.length > 0;
  const go = (to: Partial<Selection>) => { location.hash = asHash({ ...selection, ...to }); };
  const sortBy = (column: Column) => {
    // Of the address: pressed twice, the page may not have followed the first yet.
    const sort = (fromHash(location.hash, tables) ?? selection).sort;
    const now = sort?.column === column.name ? sort : undefined;
    go({ sort: !now ? { column: column.name, isDescending: false } : now.isDescending ? undefined : { column: column.name, isDescending: true } });
  };
  const relationOf = (column: Column): Relation | undefined =>
    table.relations.find((r) => tableKey(r.from) === tableKey(table) && r.fromColumns.includes(column.name) && tables.some((t) => tableKey(t) === tableKey(r.to)));
  // Of what is shown by its beginning, all.
  const whole = async (row: Row, columns: number[]): Promise<(string | null)[]> => {
    if (!columns.some((i) => row.cut.includes(i))) return columns.map((i) => row.cells[i]!);
    if (!row.key.length) throw new Error("Nothing tells this row from others, so its long values cannot be read whole. Ask for them in the console.");
    const { cells } = await post<WholeRow>("/row", { table: { schema: table.schema, name: table.name }, key: row.key });
    return columns.map((i) => cells[i]!);
  };
  const follow = async (row: Row, column: Column) => {
    const relation = relationOf(column);
    if (!relation) return;
    const values = await whole(row, relation.fromColumns.map((f) => table.columns.findIndex((x) => x.name === f)));
    if (values.includes(null)) announce("A part of the key is NULL: it leads nowhere.");
    else lead(relation.to, relation.toColumns.map((c, i) => ({ column: c, operator: "=", value: values[i]! })));
  };
  const copyCell = async (row: Row, column: number) => {
    const [value] = await whole(row, [column]);
    if (value !== null) await navigator.clipboard.writeText(value!);
  };
  const lead = (to: TableName, filters: Filter[]) => { location.hash = asHash({ table: to, filters }); };
  const toggle = (row: Row) => {
    const key = JSON.stringify(row.key);
    const next = new Map(selected);
    if (!next.delete(key)) next.set(key, row);
    setSelected(next);
    announce(`${next.size} rows selected`);
  };
  const remove = (row: Row) => canEdit && setChanges(changes.of(table, row.key)?.kind === "delete" ? changes.undo(table, row.key) : changes.delete(table, row));
  const copy = async (format: string) => {
    const keys = selected.size ? [...selected.keys()].map((k) => JSON.parse(k) as string[]) : undefined;
    const { text } = await post<{ text: string }>("/copy", { ...selection, format, ...(keys && { keys }) });
    await navigator.clipboard.writeText(text);
    announce(keys ? `${keys.length} rows copied` : "Rows copied");
  };
  const [copyFailure, setCopyFailure] = useState<unknown>(null);

  const inserts = changes.insertsOf(table);
  if (rows.failure) return <Problem of={rows.failure} again={() => { setTries(tries + 1); go({ filters: [], sort: undefined }); }} />;
  return (
    <>
      <div class="tools">
        <a class="small-only" href="#/data">All tables</a>
        <h1>{table.name}</h1>
        <span class="faint" id="count">
          {!rows.isReady ? "…" : `${rows.isExact ? "" : "about "}${number(rows.total)} ${rows.total === 1 ? "row" : "rows"}`}{selected.size > 0 && `, ${selected.size} selected`}
        </span>
        <span class="space" />
        <form onSubmit={(e) => { e.preventDefault(); const to = Number(new FormData(e.currentTarget).get("row")); if (to >= 1) setJump({ row: to - 1 }); }}>
          <input type="number" name="row" min={1} aria-label="Go to row" placeholder="Go to row" class="jump" />
        </form>
        {canEdit && <button type="button" id="insert" onClick={() => setOpened({ kind: "insert" })}>Insert row</button>}
        {canEdit && selected.size > 0 && (
          <button type="button" onClick={() => {
            setChanges([...selected.values()].reduce((c, r) => c.delete(table, r), changes));
            setSelected(new Map<string, Row>());
          }}>Delete selected</button>
        )}
        <label class="inline"><span class="unseen">Copy rows as</span>
          <select id="copy" value="" onChange={(e) => { const f = e.currentTarget.value; e.currentTarget.value = ""; if (f) copy(f).catch(setCopyFailure); }}>
            <option value="">Copy as…</option>
            <option value="csv">CSV</option>
            <option value="json">JSON</option>
            <option value="insert">INSERT</option>
          </select>
        </label>
      </div>
      <Filters table={table} filters={selection.filters} set={(filters) => go({ filters })} />
      {copyFailure !== null && <Problem of={copyFailure} />}
      {inserts.length > 0 && (
        <ul class="inserts" aria-label="Rows to be inserted">
          {inserts.map(([name, change]) => (
            <li key={name}>
              <button type="button" onClick={() => setOpened({ kind: "insert", name, values: change.values ?? {} })}>
                New row: {Object.entries(change.values ?? {}).map(([c, v]) => `${c} = ${v === null ? "NULL" : typeof v === "string" ? v : "DEFAULT"}`).join(", ") || "defaults"}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="area" ref={area}>
        {rows.isReady && rows.rows.length === 0 ? (
          <p class="empty">{selection.filters.length ? "No row matches." : "There are no rows yet."}</p>
        ) : (
          <Grid
            label={`Rows of ${table.name}`} columns={table.columns} widths={widths ?? table.columns.map(() => 160)} window={rows} version={version} shift={shift} jump={jump} sort={selection.sort} place={place} selected={selected}
            changeOf={(r) => (r.key.length ? changes.of(table, r.key) : undefined)} linkOf={(c) => relationOf(c) !== undefined} onSort={(c) => c.canBeSorted && sortBy(c)} onPlace={setPlace}
            onOpen={(p) => { const row = rows.at(p.row); if (row) setOpened({ kind: "row", row, column: table.columns[p.column]!.name }); }}
            onFollow={(r, c) => { follow(r, c).catch(setCopyFailure); }} onCopy={(r, i) => { copyCell(r, i).catch(setCopyFailure); }} onSelect={(r) => r.key.length && toggle(r)} onDelete={remove}
            onFirstRows={() => setWidths(widthsFor(table.columns, rows.rows, (area.current?.clientWidth ?? 800) - 14))}
          />
        )}
      </div>
      <p class="keys faint">Arrows move · Enter opens a row · Ctrl+Enter follows a relation · Space selects · Delete stages a deletion · s sorts</p>
      {opened && (
        <RowDialog
          opened={opened} table={table} canEdit={canEdit} changes={changes} setChanges={setChanges} lead={lead}
          relations={table.relations.filter((r) => tables.some((t) => tableKey(t) === tableKey(r.from)) && tables.some((t) => tableKey(t) === tableKey(r.to)))}
          close={() => setOpened(null)}
        />
      )}
    </>
  );
}
