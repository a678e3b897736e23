import { useEffect, useRef, useState } from "preact/hooks";
import { get, isAbort, post } from "./api.ts";
import { Table, Word } from "./migrations.tsx";
import { NamedDialog } from "./named.tsx";
import { lasting, when, type Backend, type Check, type Health } from "./operations.ts";
import { announce, bytes, number, Problem } from "./problem.tsx";
import type { Session } from "./types.ts";

const every = 5000;
const shown = 30;

export function HealthTab({ session }: { session: Session }) {
  const [health, setHealth] = useState<Health | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [doctor, setDoctor] = useState<Check[] | null>(null);
  const [isExamining, setExamining] = useState(false);
  const [ending, setEnding] = useState<Backend | null>(null);
  const timer = useRef(0);

  const load = () => get<Health>("/health").then((h) => { setHealth(h); setFailure(null); }).catch((broken: unknown) => !isAbort(broken) && setFailure(broken));
  useEffect(() => {
    let isLeft = false;
    const again = () => { void load().then(() => { if (!isLeft) timer.current = window.setTimeout(again, every); }); };
    again();
    return () => {
      isLeft = true;
      clearTimeout(timer.current);
    };
  }, []);

  if (!health) return failure ? <Problem of={failure} again={load} /> : <p class="loading" role="status">Taking the figures…</p>;
  const { figures, sessions } = health;
  const blocked = sessions.filter((s) => s.blockedBy.length > 0);
  const busy = sessions.filter((s) => s.state !== "idle" && (s.transactionSeconds ?? 0) >= 1);
  const unused = figures.indexes.filter((i) => i.isUnused);
  // Those that could go first, then the largest.
  const indexes = figures.indexes.toSorted((a, b) => Number(b.isUnused) - Number(a.isUnused) || b.bytes - a.bytes);
  return (
    <div class="sheet">
      <h1>Health</h1>
      {failure !== null && <Problem of={failure} />}
      <div class="figures">
        <Meter label="Connections" value={figures.connections / figures.mostConnections} text={`${figures.connections} of ${figures.mostConnections}`} note={`a pool of this address holds up to ${health.pool}`} />
        <Meter label="Blocks from memory" value={figures.cacheHit ?? 1} text={figures.cacheHit === null ? "none read yet" : `${(figures.cacheHit * 100).toFixed(1)} %`} />
        <Meter label="Size" text={bytes(figures.bytes)} />
        <Meter label="Waiting for locks" text={`${blocked.length}`} />
      </div>

      <h2>Thresholds</h2>
      <Checks checks={health.checks} label="Thresholds" />

      <h2>Who blocks whom</h2>
      {blocked.length === 0 ? <p class="faint">Nobody waits for anybody.</p> : (
        <ul class="tree" id="blocking">
          {treesOf(sessions).map((t) => <Waiting key={t.of.process} tree={t} end={session.readOnly ? null : setEnding} />)}
        </ul>
      )}

      <h2>Long transactions</h2>
      {busy.length === 0 ? <p class="faint">None is open for a second or longer.</p> : (
        <Table heads={["process", "who", "state", "transaction", "statement", "query", "end"]} label="Long transactions" rows={busy.map((s) => [
          `${s.process}`, whoIs(s), <>{s.state}{s.waits && <span class="faint"> {s.waits}</span>}</>, lasting((s.transactionSeconds ?? 0) * 1000), s.statementSeconds === null ? "" : lasting(s.statementSeconds * 1000), <code class="sql-line">{s.query}</code>,
          session.readOnly ? "" : <button type="button" onClick={() => setEnding(s)}>End…</button>,
        ])} />
      )}

      <h2>Tables</h2>
      {figures.tables.length === 0 ? <p class="faint">There are none.</p> : <Table heads={["table", "rows", "dead", "size", "of it indexes", "scans", "by index", "vacuumed", "analyzed"]} label="Tables" rows={figures.tables.slice(0, shown).map((t) => [
        t.name, t.rows, <>{number(t.deadRows)}{t.deadShare > 0.2 && t.rows + t.deadRows > 1000 && <Word>{Math.round(t.deadShare * 100)} %</Word>}</>, bytes(t.bytes), bytes(t.indexBytes), t.tableScans, t.indexScans, t.vacuumed ? when(t.vacuumed) : "never", t.analyzed ? when(t.analyzed) : "never",
      ])} />}
      <More of={figures.tables.length} />

      <h2>Indexes</h2>
      <p>{unused.length === 0 ? <span class="faint">Every index was read, or keeps a key.</span> : <><Word>{number(unused.length)} unused</Word> {bytes(unused.reduce((sum, i) => sum + i.bytes, 0))} of which no row was ever read, and which keep no key.</>}</p>
      {indexes.length > 0 && <Table heads={["index", "table", "size", "scans", "use"]} label="Indexes" rows={indexes.slice(0, shown).map((i) => [i.name, i.table, bytes(i.bytes), i.scans, i.isUnused ? <Word>unused</Word> : i.keeps ? "keeps a key" : "read"])} />}
      <More of={indexes.length} />
      <p class="faint">Counted since {health.since}.</p>

      {(figures.auth.tables.length > 0 || figures.auth.failedLogins !== null || figures.auth.lockedOut !== null) && (
        <>
          <h2>Authentication</h2>
          {figures.auth.tables.length > 0 && <Table heads={["table", "rows", "active", "expired", "used in seven days"]} label="Authentication" rows={figures.auth.tables.map((t) => [t.name, t.total, t.active ?? "not counted", t.expired ?? "not counted", t.recent ?? ""])} />}
          <p>{figures.auth.failedLogins !== null && `${number(figures.auth.failedLogins)} failed logins in the last hour. `}{figures.auth.lockedOut !== null && `${number(figures.auth.lockedOut)} locked out now.`}</p>
        </>
      )}

      <h2>Examination</h2>
      <p><button type="button" id="doctor" disabled={isExamining} onClick={() => {
        setExamining(true);
        get<{ checks?: Check[] }>("/health/doctor").then((d) => setDoctor(d.checks ?? [])).catch(setFailure).finally(() => setExamining(false));
      }}>{isExamining ? "Examining…" : "Examine"}</button> <span class="faint">What <code>sluice doctor</code> says: history, journal, indexes, constraints, backups, rights.</span></p>
      {doctor && <Checks checks={doctor} label="Examination" />}

      {ending && (
        <NamedDialog
          title={`End the session ${ending.process}`} what={`${whoIs(ending)} loses its connection, and its transaction is rolled back: ${ending.query.slice(0, 120)}`} button="End it" database={session.database} close={() => setEnding(null)}
          run={async (database) => {
            const { ended } = await post<{ ended: boolean }>("/health/end", { database, process: ending.process, started: ending.started });
            announce(ended ? `Session ${ending.process} was ended` : "It was over already");
            await load();
          }}
        />
      )}
    </div>
  );
}

const whoIs = (s: Backend): string => [s.user, s.application && `(${s.application})`, s.client && `from ${s.client}`].filter(Boolean).join(" ");

interface Blocking { of: Backend; waiting: Blocking[] }

/** Each session once, under whom it waits for that is nearest to the root: in a queue for a lock, everybody waits for everybody before. */
function treesOf(sessions: Backend[]): Blocking[] {
  const placed = new Map<number, Blocking>();
  const place = (of: Backend): Blocking => {
    const tree: Blocking = { of, waiting: [] };
    placed.set(of.process, tree);
    return tree;
  };
  const grow = (level: Blocking[]): void => {
    while (level.length > 0) {
      const next: Blocking[] = [];
      for (const s of sessions) {
        const under = placed.has(s.process) ? undefined : level.find((l) => s.blockedBy.includes(l.of.process));
        if (!under) continue;
        const tree = place(s);
        under.waiting.push(tree);
        next.push(tree);
      }
      level = next;
    }
  };
  const roots = sessions.filter((s) => s.blockedBy.length === 0 && sessions.some((b) => b.blockedBy.includes(s.process))).map(place);
  grow(roots);
  // Who waits for a prepared transaction, for another database's session, or in a ring.
  for (const s of sessions) {
    if (s.blockedBy.length === 0 || placed.has(s.process)) continue;
    const tree = place(s);
    roots.push(tree);
    grow([tree]);
  }
  return roots;
}

function Waiting({ tree: { of, waiting }, end }: { tree: Blocking; end: ((s: Backend) => void) | null }) {
  return (
    <li>
      <div class="node">
        <b>{of.process}</b> {whoIs(of)} {of.blockedBy.length > 0 ? <Word>waits for {of.blockedBy.map((p) => (p === 0 ? "a prepared transaction" : p)).join(", ")}</Word> : <span class="pill bad">blocks {waiting.length}</span>}
        <span class="faint"> {of.state}, transaction of {lasting((of.transactionSeconds ?? 0) * 1000)}</span> {end && <button type="button" onClick={() => end(of)}>End…</button>}
        <div class="detail">{of.query}</div>
      </div>
      {waiting.length > 0 && <ul>{waiting.map((w) => <Waiting key={w.of.process} tree={w} end={end} />)}</ul>}
    </li>
  );
}

function Checks({ checks, label }: { checks: Check[]; label: string }) {
  return <Table heads={["check", "verdict", "found", "threshold", "advice"]} label={label} rows={checks.map((c) => [c.name, <span class={`pill ${c.verdict === "ok" ? "good" : c.verdict === "critical" ? "bad" : "warn"}`}>{c.verdict}</span>, c.value, <span class="faint">{c.threshold}</span>, c.advice ?? ""])} />;
}

function Meter({ label, value, text, note }: { label: string; value?: number; text: string; note?: string }) {
  return (
    <div class="meter">
      <span class="faint">{label}</span>
      <b>{text}</b>
      {note && <span class="faint">{note}</span>}
      {value !== undefined && <div class="track"><div style={{ width: `${Math.min(100, value * 100)}%` }} /></div>}
    </div>
  );
}

const More = ({ of }: { of: number }) => (of > shown ? <p class="faint">and {number(of - shown)} more</p> : null);
