import { useState } from "preact/hooks";
import type { Filter, Table } from "./types.ts";

const words: Record<string, string> = { "=": "is", "<>": "is not", "<": "<", "<=": "≤", ">": ">", ">=": "≥", contains: "contains", begins: "begins with", null: "is NULL", "not null": "is not NULL" };
const needsValue = (operator: string) => !operator.includes("null");

/** Conditions that rows have to meet, all of them. */
export function Filters({ table, filters, set }: { table: Table; filters: Filter[]; set: (filters: Filter[]) => void }) {
  const [column, setColumn] = useState(table.columns[0]?.name ?? "");
  const [operator, setOperator] = useState("=");
  const [value, setValue] = useState("");
  const family = table.columns.find((c) => c.name === column);
  const operators = family?.canBeSorted ? Object.keys(words) : ["contains", "begins", "null", "not null"];
  const chosen = operators.includes(operator) ? operator : operators[0]!;
  return (
    <form class="filters" aria-label="Filter" onSubmit={(e) => {
      e.preventDefault();
      set([...filters, needsValue(chosen) ? { column, operator: chosen, value } : { column, operator: chosen }]);
    }}>
      {filters.map((f, i) => (
        <button key={i} type="button" class="chip" aria-label={`Remove the filter ${f.column} ${words[f.operator]} ${f.value ?? ""}`} onClick={() => set(filters.filter((_, j) => j !== i))}>
          {f.column} {words[f.operator]} <b>{f.value}</b> <span aria-hidden="true">×</span>
        </button>
      ))}
      <select aria-label="Column" value={column} onChange={(e) => setColumn(e.currentTarget.value)}>
        {table.columns.map((c) => <option key={c.name}>{c.name}</option>)}
      </select>
      <select aria-label="Comparison" value={chosen} onChange={(e) => setOperator(e.currentTarget.value)}>
        {operators.map((o) => <option key={o} value={o}>{words[o]}</option>)}
      </select>
      {needsValue(chosen) && (family?.family === "enum" ? (
        <select aria-label="Value" value={value} onChange={(e) => setValue(e.currentTarget.value)}>{["", ...family.labels].map((l) => <option key={l}>{l}</option>)}</select>
      ) : (
        <input aria-label="Value" placeholder={family?.type} value={value} onInput={(e) => setValue(e.currentTarget.value)} />
      ))}
      <button type="submit">Filter</button>
    </form>
  );
}
