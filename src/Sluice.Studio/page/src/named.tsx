import { useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";

interface Props { title: string; what: string; button: string; database: string; close: () => void; run: (typed: string) => Promise<unknown> }

/** For what cannot be taken back: whoever wants it types which database it is to happen to. */
export function NamedDialog({ title, what, button, database, close, run }: Props) {
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <Dialog title={title} close={close}>
      <form class="named" onSubmit={(e) => { e.preventDefault(); run(typed).then(close).catch(setFailure); }}>
        <p>{what}</p>
        <label for="named">Type the database's name, <b>{database}</b>:</label>
        <input id="named" autocomplete="off" spellcheck={false} value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />
        {failure !== null && <Problem of={failure} />}
        <footer>
          <span class="space" />
          <button type="button" onClick={close}>Cancel</button>
          <button type="submit" class="main danger" id="named-run" disabled={typed !== database}>{button}</button>
        </footer>
      </form>
    </Dialog>
  );
}
