import { useState } from "preact/hooks";
import { readArray, writeArray } from "./array.ts";
import type { Column, NewValue } from "./types.ts";

interface Props {
  column: Column;
  /** Undefined where an insert leaves the column out. */
  value: NewValue | undefined;
  isInsert: boolean;
  isChanged: boolean;
  /** Only its beginning is at hand. */
  isCut: boolean;
  canEdit: boolean;
  set: (value: NewValue | undefined) => void;
}

const isDefault = (value: NewValue | undefined) => value === undefined || (typeof value === "object" && value !== null);

/** One value, in an editor of its kind. */
export function Field({ column, value, isInsert, isChanged, isCut, canEdit, set }: Props) {
  const id = `field-${column.name}`;
  const text = typeof value === "string" ? value : null;
  return (
    <div class={`field ${isChanged ? "changed" : ""}`} data-column={column.name}>
      <div class="label">
        <label for={id}>{column.name}</label>
        <span class="faint">{column.type}{column.isRequired ? "" : ", may be NULL"}</span>
        {canEdit && (
          <span class="states">
            {!column.isRequired && <button type="button" aria-pressed={value === null} onClick={() => set(null)}>NULL</button>}
            {(column.default !== null || isInsert) && <button type="button" aria-pressed={isDefault(value)} title={column.default ?? undefined} onClick={() => set(isInsert ? undefined : { default: true })}>DEFAULT</button>}
          </span>
        )}
      </div>
      {!canEdit ? <pre class="shown" id={id}>{value === null ? <span class="none">NULL</span> : isDefault(value) ? <span class="none">the server gives it</span> : text}{isCut && "…"}</pre>
        : <Editor id={id} column={column} text={text} place={value === null ? "NULL" : isDefault(value) ? column.default ?? "DEFAULT" : "empty"} set={set} />}
      {isCut && <p class="faint">Only its beginning: nothing tells this row from others, to read it whole.</p>}
      {column.comment && <p class="faint">{column.comment}</p>}
    </div>
  );
}

function Editor({ id, column, text, place, set }: { id: string; column: Column; text: string | null; place: string; set: (value: NewValue) => void }) {
  switch (column.family) {
    case "boolean":
      return <select id={id} value={text ?? ""} onChange={(e) => e.currentTarget.value && set(e.currentTarget.value)}><option value="">{place}</option><option value="t">true</option><option value="f">false</option></select>;
    case "enum":
      return <select id={id} value={text ?? ""} onChange={(e) => e.currentTarget.value && set(e.currentTarget.value)}><option value="">{place}</option>{column.labels.map((l) => <option key={l} value={l}>{l}</option>)}</select>;
    case "json":
      return <JsonEditor id={id} text={text} place={place} set={set} />;
    case "array":
      return <ArrayEditor id={id} text={text} place={place} set={set} />;
    default:
      return <TextEditor id={id} text={text} place={place} set={set} />;
  }
}

interface TextProps { id: string; text: string | null; place: string; set: (value: string) => void }

function TextEditor({ id, text, place, set }: TextProps) {
  // As high as the text, and a line more where it has several.
  const lines = Math.min(12, (text ?? "").split("\n").length + Math.floor((text ?? "").length / 70));
  return <textarea id={id} rows={Math.max(1, lines)} spellcheck={false} placeholder={place} value={text ?? ""} onInput={(e) => set(breaksOf(text, e.currentTarget.value))} />;
}

/** A text area knows no line breaks but its own: those of the text are given back. */
function breaksOf(before: string | null, now: string): string {
  return before && /\r\n/.test(before) && !/(^|[^\r])\n/.test(before) ? now.replaceAll("\n", "\r\n") : now;
}

function JsonEditor({ id, text, place, set }: TextProps) {
  const [problem, setProblem] = useState("");
  const check = (value: string) => {
    set(value);
    try {
      JSON.parse(value);
      setProblem("");
    } catch (broken) {
      setProblem(broken instanceof Error ? broken.message : String(broken));
    }
  };
  return (
    <>
      <TextEditor id={id} text={text} place={place} set={check} />
      <div class="under">
        <button type="button" disabled={!text} onClick={() => text && check(indent(text))}>Indent</button>
        <span class="bad" role="status">{problem}</span>
      </div>
    </>
  );
}

/** White space only: numbers and the order of keys stay as they were written. */
function indent(json: string): string {
  let depth = 0;
  const parts = json.match(/"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+/g) ?? [];
  return parts.map((part, i) => {
    const line = () => `\n${"  ".repeat(depth)}`;
    const next = parts[i + 1];
    if (part === "{" || part === "[") return next === "}" || next === "]" ? part : (depth++, part + line());
    if (part === "}" || part === "]") return parts[i - 1] === "{" || parts[i - 1] === "[" ? part : (depth--, line() + part);
    return part === "," ? `,${line()}` : part === ":" ? ": " : part;
  }).join("");
}

function ArrayEditor({ id, text, place, set }: TextProps) {
  const items = text === null ? null : readArray(text);
  // Of several dimensions, or with bounds of its own: as text.
  if (text !== null && !items) return <TextEditor id={id} text={text} place={place} set={set} />;
  const list = items ?? [];
  const write = (next: (string | null)[]) => set(writeArray(next));
  return (
    <div class="array" id={id} role="group" aria-label="Items">
      {list.length === 0 && <span class="faint">{text === null ? place : "no items"}</span>}
      {list.map((item, i) => (
        <div key={i} class="item">
          {/[\r\n]/.test(item ?? "")
            ? <textarea aria-label={`Item ${i + 1}`} rows={2} spellcheck={false} value={item!} onInput={(e) => write(list.with(i, breaksOf(item, e.currentTarget.value)))} />
            : <input aria-label={`Item ${i + 1}`} placeholder={item === null ? "NULL" : "empty"} value={item ?? ""} onInput={(e) => write(list.with(i, e.currentTarget.value))} />}
          <button type="button" aria-pressed={item === null} aria-label={`Item ${i + 1} is NULL`} onClick={() => write(list.with(i, null))}>NULL</button>
          <button type="button" aria-label={`Move item ${i + 1} up`} disabled={i === 0} onClick={() => write(list.with(i - 1, item).with(i, list[i - 1]!))}>↑</button>
          <button type="button" aria-label={`Remove item ${i + 1}`} onClick={() => write(list.toSpliced(i, 1))}>×</button>
        </div>
      ))}
      <button type="button" onClick={() => write([...list, ""])}>Add item</button>
    </div>
  );
}
