import { useEffect, useState } from "preact/hooks";
import { post, Refused } from "./api.ts";
import { tableKey, type Changes } from "./changes.ts";
import { Dialog } from "./dialog.tsx";
import { announce, Problem } from "./problem.tsx";
import type { Conflict, Table } from "./types.ts";

interface Props { changes: Changes; tables: Table[]; setChanges: (changes: Changes) => void; close: () => void; applied: () => void }

/** The staged changes as the SQL that will be run, in one transaction. */
export function Review({ changes, tables, setChanges, close, applied }: Props) {
  const [sql, setSql] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isApplying, setApplying] = useState(false);
  useEffect(() => {
    setSql(null);
    setFailure(null);
    if (changes.count === 0) close();
    else post<{ text: string }>("/changes/sql", { changes: changes.all }).then(({ text }) => setSql(text)).catch(setFailure);
  }, [changes]);

  const apply = async () => {
    setApplying(true);
    setFailure(null);
    try {
      const { count } = await post<{ count: number }>("/changes", { changes: changes.all });
      announce(`${count} changes applied`);
      applied();
    } catch (refused) {
      setFailure(refused);
      setApplying(false);
    }
  };

  const body = failure instanceof Refused ? failure.body : undefined;
  const conflict = body?.["conflict"] as Conflict | undefined;
  const at = conflict?.change ?? (body?.["change"] as number | undefined);
  const change = at === undefined ? undefined : changes.all[at];
  const table = change && tables.find((t) => tableKey(t) === tableKey(change.table));
  return (
    <Dialog title={`${changes.count} ${changes.count === 1 ? "change" : "changes"} in one transaction`} close={close} wide>
      {sql !== null && <pre class="sql" tabIndex={0} aria-label="SQL">{sql}</pre>}
      {failure !== null && (conflict ? (
        <div class="problem" role="alert">
          <p><b>{conflict.message}</b> Nothing was applied.</p>
          {conflict.now && table && change?.values && (
            <table>
              <thead><tr><th>column</th><th>in the database now</th><th>yours</th></tr></thead>
              <tbody>
                {Object.entries(change.values).map(([column, mine]) => (
                  <tr key={column}><th>{column}</th><td>{conflict.now!.cells[table.columns.findIndex((c) => c.name === column)] ?? "NULL"}</td><td>{mine === null ? "NULL" : typeof mine === "string" ? mine : "DEFAULT"}</td></tr>
                ))}
              </tbody>
            </table>
          )}
          <div class="under">
            <button type="button" onClick={() => setChanges(changes.without(change!))}>Drop my change</button>
            {conflict.now && conflict.now.version !== change?.version && <button type="button" onClick={() => setChanges(changes.onto(conflict.change, conflict.now!.version))}>Keep mine over it</button>}
          </div>
        </div>
      ) : (
        <>
          <Problem of={failure} />
          {change && <p>Nothing was applied. It is change {at! + 1}: {change.kind} in {change.table.name}. <button type="button" onClick={() => setChanges(changes.without(change))}>Drop this change</button></p>}
        </>
      ))}
      <footer>
        <button type="button" onClick={() => sql !== null && navigator.clipboard.writeText(sql)}>Copy SQL</button>
        <span class="space" />
        <button type="button" onClick={close}>Back</button>
        <button type="button" class="main" id="apply" disabled={sql === null || isApplying} onClick={apply}>{isApplying ? "Applying…" : "Apply"}</button>
      </footer>
    </Dialog>
  );
}
