import { useRef, useState } from "preact/hooks";
import { isAbort, post } from "./api.ts";
import { Value } from "./grid.tsx";
import { NamedDialog } from "./named.tsx";
import { PlanTree } from "./plan.tsx";
import { number, Problem } from "./problem.tsx";
import type { ConsoleResult, Plan, Session } from "./types.ts";

type Answer = { results: ConsoleResult[] } | { plan: Plan } | { failure: unknown };

export function SqlTab({ session }: { session: Session }) {
  const [sql, setSql] = useState(sessionStorage.getItem("sluice-sql") ?? "");
  // The database's name as somebody typed it, or null for reading.
  const [writes, setWrites] = useState<string | null>(null);
  const [isNaming, setNaming] = useState(false);
  const [seconds, setSeconds] = useState(30);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const text = useRef<HTMLTextAreaElement>(null);

  // What is selected, or all of it.
  const chosen = () => {
    const { selectionStart: from, selectionEnd: to } = text.current!;
    return from < to ? sql.slice(from, to) : sql;
  };
  const ask = async (question: (signal: AbortSignal) => Promise<Answer>) => {
    const stop = new AbortController();
    sessionStorage.setItem("sluice-sql", sql);
    setRunning(stop);
    setAnswer(null);
    try {
      setAnswer(await question(stop.signal));
    } catch (failure) {
      setAnswer({ failure: isAbort(failure) ? new Error(`Cancelled: the server was told to stop. ${writes === null ? "Nothing is kept of what only reads." : "What had been committed by then, and what runs outside of a transaction, may be done: look."}`) : failure });
    } finally {
      setRunning(null);
    }
  };
  const run = () => ask((signal) => post<{ results: ConsoleResult[] }>("/query", { sql: chosen(), writes: writes !== null, database: writes, seconds }, signal));
  const explain = (analyzes: boolean) => ask(async (signal) => ({ plan: (JSON.parse((await post<{ text: string }>("/explain", { sql: chosen(), analyzes, seconds }, signal)).text) as Plan[])[0]! }));

  return (
    <div class="console">
      <h1 class="unseen">SQL</h1>
      <form onSubmit={(e) => { e.preventDefault(); void run(); }}>
        <textarea
          ref={text} id="sql" aria-label="SQL" rows={8} spellcheck={false} placeholder="SELECT …" value={sql} onInput={(e) => setSql(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); void run(); } }}
        />
        <div class="tools">
          {running ? <button key="cancel" type="button" class="main danger" id="cancel" onClick={() => running.abort()}>Cancel</button> : <button key="run" type="submit" class="main" id="run" disabled={!sql.trim()}>Run</button>}
          <button type="button" disabled={!sql.trim() || running !== null} onClick={() => explain(false)}>Explain</button>
          <button type="button" disabled={!sql.trim() || running !== null} onClick={() => explain(true)}>Explain analyze</button>
          {!session.readOnly && <label class="inline"><input type="checkbox" id="writes" checked={writes !== null} onChange={(e) => { if (e.currentTarget.checked) { e.currentTarget.checked = false; setNaming(true); } else setWrites(null); }} /> Allow writing</label>}
          <label class="inline">Stop after <input type="number" min={1} max={3600} value={seconds} onChange={(e) => setSeconds(Number(e.currentTarget.value) || 30)} /> s</label>
          <span class="faint">Ctrl+Enter runs{writes !== null ? ", and commits" : "; the transaction cannot write"}</span>
        </div>
      </form>
      <div aria-live="polite">
        {running && <p class="loading">Running…</p>}
        {answer && ("failure" in answer ? <Problem of={answer.failure} /> : "plan" in answer ? <PlanTree plan={answer.plan} /> : answer.results.map((r, i) => <Result key={i} result={r} />))}
      </div>
      {isNaming && (
        <NamedDialog
          title="Allow writing" what="What the console runs is committed then, until this tab is left." button="Allow" database={session.database} close={() => setNaming(false)}
          run={(typed) => { setWrites(typed); return Promise.resolve(); }}
        />
      )}
    </div>
  );
}

function Result({ result }: { result: ConsoleResult }) {
  const summary = result.columns.length ? `${number(result.rows.length)}${result.hasMore ? " and more" : ""} ${result.rows.length === 1 ? "row" : "rows"}` : result.affected >= 0 ? `${number(result.affected)} rows affected` : "Done";
  return (
    <section class="result">
      <p class="faint"><code>{result.statement.length > 80 ? `${result.statement.slice(0, 80)}…` : result.statement}</code> {summary}, {result.milliseconds.toFixed(1)} ms</p>
      {result.columns.length > 0 && (
        <div class="wide-table" tabIndex={0} role="region" aria-label="Rows">
          <table>
            <thead><tr>{result.columns.map((c, i) => <th key={i} scope="col">{c}<span class="type">{result.types[i]}</span></th>)}</tr></thead>
            <tbody>{result.rows.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j} title={cell ?? undefined}><Value value={cell} /></td>)}</tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
