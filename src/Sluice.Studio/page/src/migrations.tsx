import { useEffect, useState } from "preact/hooks";
import { get, isAbort, listen, post } from "./api.ts";
import { NamedDialog } from "./named.tsx";
import { lasting, when, type Drift, type Live, type Migrations, type Pending } from "./operations.ts";
import { bytes, number, Problem } from "./problem.tsx";
import { SideBySide } from "./side-by-side.tsx";
import type { Session } from "./types.ts";

export function MigrationsTab({ session }: { session: Session }) {
  const [state, setState] = useState<Migrations | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [live, setLive] = useState<Live | null>(null);
  const [isNaming, setNaming] = useState(false);

  const load = () => get<Migrations>("/migrations").then((m) => { setState(m); setFailure(null); }).catch(setFailure);
  useEffect(() => {
    void load();
    const stop = new AbortController();
    const follow = (): Promise<void> => listen("/migrations/live", stop.signal, (data) => setLive(data as Live)).catch((broken: unknown) => { if (!isAbort(broken) && !stop.signal.aborted) setTimeout(follow, 3000); });
    void follow();
    return () => stop.abort();
  }, []);
  // A run that ends changes the history.
  const runs = live?.runs ?? state?.runs ?? [];
  const ended = `${runs[0]?.id} ${runs[0]?.outcome} ${live?.log?.exitCode}`;
  useEffect(() => { if (state) void load(); }, [ended]);

  if (failure && !state) return <Problem of={failure} again={load} />;
  if (!state) return <p class="loading" role="status">Reading the history…</p>;
  return (
    <div class="sheet">
      <h1>Migrations</h1>
      <p>
        <Word good={state.upToDate}>{state.upToDate ? "Up to date" : "Needs attention"}</Word>{" "}
        <span class="faint">{number(state.applied.filter((a) => a.state[0] === "applied").length)} applied, {number(state.pending.length)} pending, {state.layout} layout</span>
      </p>
      {state.unmanaged && <p>The database has tables and no history. <code>sluice migrate baseline</code> takes them for the first migration.</p>}
      {state.halfDone.map((name) => <p key={name}><Word>half done</Word> {name}: the next run goes on where the last one was stopped.</p>)}

      <h2>Pending</h2>
      {state.pending.length === 0 ? <p class="faint">Nothing is pending.</p> : (
        <>
          <PendingPlan key={state.pending.join()} outOfOrder={state.outOfOrder} />
          {!session.readOnly && <p><button type="button" class="main" id="deploy" disabled={live?.log?.exitCode === null} onClick={() => setNaming(true)}>Apply what is pending…</button></p>}
        </>
      )}

      <h2>Runs</h2>
      {live?.log && (
        <section aria-label="The run that this page started">
          <p>{live.log.exitCode === null ? <Word>running</Word> : <Word good={live.log.exitCode === 0}>{live.log.exitCode === 0 ? "done" : `failed with ${live.log.exitCode}`}</Word>}</p>
          <pre class="log" id="log" tabIndex={0} aria-label="Log">{live.log.lines.join("\n")}</pre>
        </section>
      )}
      {runs.length === 0 ? <p class="faint">The journal has no runs.</p> : (
        <Table heads={["run", "command", "who", "started (UTC)", "took", "outcome", "statements", "last", "backup"]} label="Runs" rows={runs.map((r) => [
          r.id, r.command, r.who, when(r.started), r.finished ? lasting(Date.parse(r.finished) - Date.parse(r.started)) : "", r.outcome ? <Word good={r.outcome === "ok" || r.outcome === "succeeded"}>{r.outcome}</Word> : <Word>not ended</Word>, r.statements, r.last, r.backup && <span title={r.backup}>{r.backup.split(/[\\/]/).at(-1)}</span>,
        ])} />
      )}

      <h2>History</h2>
      {state.applied.length === 0 ? <p class="faint">Nothing was applied yet.</p> : (
        <Table heads={["migration", "state", "applied (UTC)", "took", "who", "checksum"]} label="History" rows={state.applied.map((a) => [
          a.name, <>{a.state.map((s) => <Word key={s} good={s === "applied"}>{s}</Word>)}{a.logs && <pre class="log">{a.logs}</pre>}</>, when(a.finished ?? a.started),
          a.tookMs === null ? "" : lasting(a.tookMs), a.who ?? "", <code title={a.checksum}>{a.checksum.slice(0, 12)}</code>,
        ])} />
      )}

      <h2>Drift</h2>
      {session.readOnly ? <p class="faint">To compare, the history is replayed in a scratch database beside this one, which <code>--read-only</code> does not make: <code>sluice migrate status --drift</code> does.</p> : <DriftView />}

      <h2>Backups</h2>
      {state.backups.length === 0 ? <p class="faint">There are none of this database in the folder of backups. <code>sluice backup</code> takes one.</p> : (
        <Table heads={["archive", "taken (UTC)", "size", "verified", "schema", "holds"]} label="Backups" rows={state.backups.map((b) => [
          b.archive, b.takenAt ? when(b.takenAt) : "", bytes(b.bytes), b.problem ? <><Word>not verified</Word> {b.problem}</> : <><Word good>restored and compared</Word> in {lasting(b.proofMs ?? 0)}</>, b.schemaVersion ?? "", b.problem ? "" : b.isWhole ? `everything, ${b.tables} tables` : `rows of some tables`,
        ])} />
      )}
      {isNaming && (
        <NamedDialog
          title="Apply what is pending" what={`\`sluice migrate deploy\` runs: checks, a backup that is restored and compared, then ${state.pending.length} ${state.pending.length === 1 ? "migration" : "migrations"}.`}
          button="Apply" database={session.database} close={() => setNaming(false)} run={(database) => post("/migrations/deploy", { database })}
        />
      )}
    </div>
  );
}

function PendingPlan({ outOfOrder }: { outOfOrder: string[] }) {
  const [pending, setPending] = useState<Pending | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    get<Pending>("/migrations/pending", stop.signal).then(setPending).catch((broken: unknown) => !isAbort(broken) && setFailure(broken));
    return () => stop.abort();
  }, []);
  if (failure !== null) return <Problem of={failure} />;
  if (!pending) return <p class="loading" role="status">Looking at what it would do…</p>;
  const findings = pending.lint.findings ?? [];
  return (
    <>
      {[pending.plan.error, pending.lint.error].map((e, i) => e && <Problem key={i} of={new Error([e.message, ...e.remedies].join(" "))} />)}
      {(pending.plan.pending ?? []).map((m) => (
        <details key={m.migration} open>
          <summary><b>{m.migration}</b> {outOfOrder.includes(m.migration) && <Word>older than what is applied</Word>} <span class="faint">{m.file}</span></summary>
          {m.segments.map((segment, i) => (
            <div key={i}>
              <p class="faint">{segment.kind === "alone" ? "Outside any transaction" : "One transaction"}</p>
              <Table heads={["", "statement", "locks", "about"]} label={`Statements of ${m.migration}`} rows={segment.statements.map((s) => [
                s.ordinal, <code class="sql-line">{s.sql}</code>,
                <>{s.locks.map((l) => <div key={l.table}>{l.mode === "ACCESS EXCLUSIVE" ? <Word>{l.mode}</Word> : <span class="pill">{l.mode}</span>} {l.table}</div>)}{s.rewrites.length > 0 && <div>rewrites {s.rewrites.join(", ")}</div>}{s.scans.length > 0 && <div>reads all of {s.scans.join(", ")}</div>}{s.note && <div class="faint">{s.note}</div>}</>,
                lasting(s.estimateMs),
              ])} />
            </div>
          ))}
          {findings.filter((f) => f.file.includes(m.migration)).map((f, i) => (
            <div key={i} class={`finding ${f.blocks ? "blocks" : ""}`}>
              <p><Word>{f.rule} {f.blocks ? "blocks" : f.level}</Word> line {f.line}: {f.message}</p>
              <p class="faint">{f.why}</p>
              {f.safe && <details><summary>Instead</summary><pre class="sql">{f.safe}</pre></details>}
            </div>
          ))}
        </details>
      ))}
      {findings.length === 0 && !pending.lint.error && <p><Word good>no findings</Word> The linter has nothing to say against it.</p>}
    </>
  );
}

function DriftView() {
  const [drift, setDrift] = useState<Drift | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isLooking, setLooking] = useState(false);
  const look = () => {
    setLooking(true);
    get<Drift>("/migrations/drift").then((d) => { setDrift(d); setFailure(null); }).catch(setFailure).finally(() => setLooking(false));
  };
  const found = drift?.status.drift;
  return (
    <>
      <p><button type="button" id="drift" disabled={isLooking} onClick={look}>{isLooking ? "Replaying the history…" : "Compare with the history"}</button> <span class="faint">Replays it in a scratch database of its own.</span></p>
      {failure !== null && <Problem of={failure} />}
      {drift?.status.error && <Problem of={new Error(drift.status.error.message)} />}
      {drift && !drift.status.error && (found === null || found === undefined ? <p>Failed, edited or missing migrations leave nothing to compare with.</p> : found.length === 0 ? <p><Word good>no drift</Word> The database is what its history makes.</p> : (
        <>
          <ul>{found.map((d, i) => <li key={i}><b>{d.table && `${d.table}: `}{d.text}</b> {d.trace.text && <span class="faint">{d.trace.text}</span>}</li>)}</ul>
          <SideBySide left={drift.made} right={drift.found} heads={["The history makes", "The database has"]} />
        </>
      ))}
    </>
  );
}

/** A word in a colour, which says the same without it. */
export function Word({ children, good = false }: { children: preact.ComponentChildren; good?: boolean }) {
  return <span class={`pill ${good ? "good" : "warn"}`}>{children}</span>;
}

export function Table({ heads, rows, label }: { heads: string[]; rows: preact.ComponentChildren[][]; label: string }) {
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr>{heads.map((h) => <th key={h} scope="col">{h || <span class="unseen">number</span>}</th>)}</tr></thead>
        <tbody>{rows.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j} class={typeof cell === "number" ? "figure" : ""}>{typeof cell === "number" ? number(cell) : cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
