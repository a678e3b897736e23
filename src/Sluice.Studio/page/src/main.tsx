import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { enter, get } from "./api.ts";
import { Changes } from "./changes.ts";
import { DataTab } from "./data.tsx";
import { HealthTab } from "./health.tsx";
import { MigrationsTab } from "./migrations.tsx";
import { Problem } from "./problem.tsx";
import { SchemaTab } from "./schema.tsx";
import { SqlTab } from "./sql.tsx";
import type { Session, Table } from "./types.ts";

const tabs = ["data", "sql", "schema", "migrations", "health"] as const;
type Tab = (typeof tabs)[number];
const titles: Record<Tab, string> = { data: "Data", sql: "SQL", schema: "Schema", migrations: "Migrations", health: "Health" };

const tabOf = (hash: string): Tab => tabs.find((t) => hash.startsWith(`#/${t}`)) ?? "data";

function Page() {
  const [tab, setTab] = useState(tabOf(location.hash));
  const [session, setSession] = useState<Session | null>(null);
  const [tables, setTables] = useState<Table[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // What was staged, and which rows were looked at, outlive a look at another tab.
  const [changes, setChanges] = useState(Changes.none);
  const [rows, setRows] = useState("#/data");

  const load = () => {
    setFailure(null);
    Promise.all([get<Session>("/session"), get<{ tables: Table[] }>("/tables")])
      .then(([s, t]) => {
        setSession(s);
        setTables(t.tables);
        document.title = `${s.database} · Sluice Studio`;
      })
      .catch(setFailure);
  };
  useEffect(() => {
    // Where the link was used already, this browser may still be the one that came in by it.
    enter().catch(() => undefined).then(load);
    const moved = () => {
      setTab(tabOf(location.hash));
      if (location.hash.startsWith("#/data")) setRows(location.hash);
    };
    moved();
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  useEffect(() => {
    const leaving = (e: BeforeUnloadEvent) => { if (changes.count > 0) e.preventDefault(); };
    addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [changes]);

  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
      <header class="bar">
        <span class="brand"><span class="wave" aria-hidden="true" /> Studio</span>
        <nav aria-label="Tabs">
          {tabs.map((t) => (
            <a key={t} href={t === "data" && tab !== "data" ? rows : `#/${t}`} aria-current={t === tab ? "page" : undefined}>{titles[t]}</a>
          ))}
        </nav>
        {session && (
          <span class="where" title={`PostgreSQL ${session.version}`}>
            <b>{session.database}</b> <span class="faint">{session.user ? `${session.user}@` : ""}{session.server}</span>
            {session.readOnly && <span class="pill warn">read-only</span>}
          </span>
        )}
        <Theme />
      </header>
      <main id="main" tabIndex={-1}>
        {failure ? <Problem of={failure} again={load} /> : !session || !tables ? <p class="loading" role="status">Reading the database…</p>
          : tab === "data" ? <DataTab session={session} tables={tables} reload={load} changes={changes} setChanges={setChanges} />
          : tab === "sql" ? <SqlTab session={session} />
          : tab === "schema" ? <SchemaTab tables={tables} />
          : tab === "migrations" ? <MigrationsTab session={session} />
          : <HealthTab session={session} />}
      </main>
      <div id="announcer" class="unseen" aria-live="polite" role="status" />
    </>
  );
}

function Theme() {
  const [theme, setTheme] = useState(localStorage.getItem("sluice-theme") ?? "auto");
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    localStorage.setItem("sluice-theme", theme);
  }, [theme]);
  return (
    <label class="theme">
      <span class="unseen">Colours</span>
      <select value={theme} onChange={(e) => setTheme(e.currentTarget.value)}>
        <option value="auto">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

render(<Page />, document.getElementById("page")!);
