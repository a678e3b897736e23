import { post } from "./api.ts";
import { announce, h, notice, show, type Child } from "./dom.ts";
import { form } from "./form.ts";
import { Refusal } from "./http.ts";
import type { Prize, Status } from "./types.ts";

export type Management = { status: Status } | null;

interface Move {
  verb: "publish" | "complete" | "cancel";
  label: string;
  said: string;
  /** What is asked before what cannot be undone. */
  ask?: string;
}

const publish: Move = { verb: "publish", label: "Publish", said: "The room is open." };
const complete: Move = { verb: "complete", label: "Complete", said: "The room is completed.", ask: "Complete the room? Nobody joins after that, and nothing is drawn." };
const cancel: Move = { verb: "cancel", label: "Cancel the room", said: "The room is cancelled.", ask: "Cancel the room? This cannot be undone." };

/** For who runs the room. */
export function manage(shown: Management, path: string, again: () => Promise<void>): Child {
  if (!shown) return null;
  const wrong = h("div", { role: "alert" });
  const move = async ({ verb, said, ask, label }: Move): Promise<void> => {
    if (ask && !(await agreed(ask, label))) return;
    try {
      await post(`${path}/${verb}`);
      announce(said);
      await again();
      document.getElementById("title")?.focus();
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      show(wrong, notice(refused.message));
    }
  };
  const adding = (): HTMLElement =>
    form(
      "prize",
      [
        { name: "name", label: "Name", required: true, maxlength: 200 },
        { name: "description", label: "Description", maxlength: 2000 },
        { name: "quantity", label: "How many", type: "number", min: 1, max: 100_000, value: "1", required: true, inputmode: "numeric" },
      ],
      "Add the prize",
      async ({ name, description, quantity }) => {
        const prize = await post<Prize>(`${path}/prizes`, { name, description: description || null, quantity: Number(quantity) });
        announce(`${prize.name} was added.`);
        await again();
        fields.replaceChildren(adding());
        document.getElementById("prize-name")?.focus();
      },
    );
  const fields = h("div", {}, adding());
  return h(
    "section",
    { class: "panel organizer", "aria-label": "For organizers" },
    h("div", { class: "actions" }, (shown.status === "DRAFT" ? [publish, cancel] : [complete, cancel]).map((one) => h("button", { id: one.verb, class: one === publish ? "primary" : "quiet", click: () => void move(one) }, one.label))),
    wrong,
    h("details", { open: shown.status === "DRAFT" }, h("summary", {}, "Add a prize"), fields),
  );
}

function agreed(question: string, yes: string): Promise<boolean> {
  const dialog = h(
    "dialog",
    { "aria-labelledby": "question" },
    h("form", { method: "dialog" }, h("p", { id: "question" }, question), h("div", { class: "actions" }, h("button", { value: "no" }, "Not now"), h("button", { value: "yes", class: "danger", id: "agree" }, yes))),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }),
  );
}
