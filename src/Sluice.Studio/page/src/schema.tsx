import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, isAbort } from "./api.ts";
import { tableKey } from "./changes.ts";
import { Drawing } from "./drawing.tsx";
import { announce, Problem } from "./problem.tsx";
import { Source, type SchemaSource } from "./source.tsx";
import type { Table, TableName } from "./types.ts";

interface Box { kind: "table" | "view" | "enum"; schema: string; name: string; label: string; rows: string[] }

interface Drawn { svg: string; boxes: Box[] }

/** What is looked at; all of it is in the address. */
interface Look { chosen: TableName | null; depth: number | null; keys: boolean }

const queryOf = (parts: Record<string, string | number | boolean | null>): string =>
  new URLSearchParams(Object.entries(parts).filter(([, v]) => v !== null && v !== false).map(([k, v]) => [k, `${v}`])).toString();

const asHash = ({ chosen, depth, keys }: Look): string => {
  const more = queryOf({ depth, keys });
  return `#/schema${chosen ? `/${[chosen.schema, chosen.name].map(encodeURIComponent).join("/")}` : ""}${more && `?${more}`}`;
};

function fromHash(hash: string): Look {
  const [path, query] = hash.slice("#/schema".length).split("?");
  const [, schema, name] = (path ?? "").split("/").map(decodeURIComponent);
  const more = new URLSearchParams(query);
  const chosen = schema && name ? { schema, name } : null;
  return { chosen, depth: chosen && more.has("depth") ? Number(more.get("depth")) : null, keys: more.has("keys") };
}

export function SchemaTab({ tables }: { tables: Table[] }) {
  const [look, setLook] = useState(() => fromHash(location.hash));
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [source, setSource] = useState<SchemaSource | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [find, setFind] = useState("");
  const [isOpen, setOpen] = useState(() => matchMedia("(min-width: 1000px)").matches);
  const { chosen, depth, keys } = look;

  useEffect(() => {
    const moved = () => location.hash.startsWith("#/schema") && setLook(fromHash(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  // The text after the drawing, which is looked at first.
  const isDrawn = drawn !== null;
  useEffect(() => { if (isDrawn) get<SchemaSource>("/schema").then(setSource).catch(setFailure); }, [isDrawn]);
  const question = queryOf({ ...(chosen && depth !== null ? { schema: chosen.schema, name: chosen.name, depth } : {}), keys });
  useEffect(() => {
    const stop = new AbortController();
    get<Drawn>(`/schema/drawing?${question}`, stop.signal).then((d) => { setDrawn(d); setFailure(null); }).catch((broken: unknown) => !isAbort(broken) && setFailure(broken));
    return () => stop.abort();
  }, [question]);

  const go = (to: Partial<Look>) => { location.hash = asHash({ ...look, ...to }); };
  const boxes = drawn?.boxes ?? [];
  const box = chosen && boxes.find((b) => tableKey(b) === tableKey(chosen));
  const table = chosen && tables.find((t) => tableKey(t) === tableKey(chosen));
  const word = find.trim().toLowerCase();
  const found = boxes.map((b) => ({ box: b, rows: word ? b.rows.filter((r) => r.toLowerCase().includes(word)) : [] })).filter((f) => f.box.label.toLowerCase().includes(word) || f.rows.length > 0);
  const near = (names: TableName[]) => boxes.filter((b) => b !== box && names.some((n) => tableKey(n) === tableKey(b)));
  const links = (all: Box[]) => all.map((b, i) => <Fragment key={b.label}>{i > 0 && ", "}<a href={asHash({ ...look, chosen: b })}>{b.label}</a></Fragment>);
  const [to, from] = table ? [near(table.relations.map((r) => r.to)), near(table.relations.filter((r) => tableKey(r.to) === tableKey(table)).map((r) => r.from))] : [[], []];
  return (
    <div class={`schema ${isOpen ? "with-source" : ""}`}>
      <link rel="stylesheet" href="/diagram.css" />
      <h1 class="unseen">Schema</h1>
      <nav class={`tables ${word ? "finds" : ""}`} aria-label="Tables in the diagram">
        <input
          type="search" id="find" placeholder="Find a table or column" aria-label="Find a table or column" value={find} onInput={(e) => setFind(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== "Enter" || !found[0]) return;
            const best = found.find((f) => f.box.name.toLowerCase() === word) ?? found[0];
            go({ chosen: best.box });
            announce(`${best.box.label} is in the middle`);
          }}
        />
        <ul>
          {found.map(({ box: b, rows }) => (
            <li key={b.label}>
              <a href={asHash({ ...look, chosen: b })} aria-current={b === box ? "true" : undefined}>
                <span>{b.label}{b.kind !== "table" && <span class="faint"> {b.kind}</span>}{rows.length > 0 && <span class="faint"> {rows.slice(0, 4).join(", ")}{rows.length > 4 && " …"}</span>}</span>
              </a>
            </li>
          ))}
        </ul>
        {drawn && found.length === 0 && <p class="faint">{boxes.length === 0 ? "This database has no tables yet." : "Nothing is called that."}</p>}
      </nav>
      <section class="content" aria-label="Drawing">
        <div class="tools">
          {box && (
            <label class="inline">Show
              <select id="depth" value={depth === null ? "" : `${depth}`} onChange={(e) => go({ depth: e.currentTarget.value === "" ? null : Number(e.currentTarget.value) })}>
                <option value="">everything</option>
                <option value="1">{box.name} and its neighbours</option>
                <option value="2">what is two relations away</option>
                <option value="3">what is three relations away</option>
              </select>
            </label>
          )}
          <button type="button" id="keys" aria-pressed={keys} onClick={() => go({ keys: !keys })}>Keys alone</button>
          <button type="button" id="source" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>Source</button>
          {table && <a href={`#/data/${[table.schema, table.name].map(encodeURIComponent).join("/")}`}>Rows</a>}
          {chosen && <button type="button" onClick={() => go({ chosen: null, depth: null })}>Choose none</button>}
        </div>
        {box && (
          <p class="around"><b>{box.label}</b>{to.length > 0 && <> references {links(to)}</>}{to.length > 0 && from.length > 0 && ","}{from.length > 0 && <> is referenced by {links(from)}</>}{to.length + from.length === 0 && box.kind === "table" && " has no relations"}</p>
        )}
        {failure !== null && <Problem of={failure} />}
        {drawn === null ? failure === null && <p class="loading" role="status">Drawing…</p> : boxes.length === 0 ? <p class="empty">There is nothing to draw.</p> : <Drawing svg={drawn.svg} label={box?.label ?? null} choose={(address) => { const { chosen: other } = fromHash(address); go({ chosen: other }); }} />}
      </section>
      {isOpen && source && <Source source={source} chosen={chosen} has={(schema, name) => boxes.some((b) => b.schema === schema && b.name === name)} />}
    </div>
  );
}
