import { post } from "./api.ts";
import { announce, h, show } from "./dom.ts";
import { form } from "./form.ts";
import { appsByName } from "./rooms.ts";
import { go, type Visit } from "./routes.ts";
import { signedIn } from "./session.ts";
import type { Room } from "./types.ts";

export async function newRoom({ at, left }: Visit): Promise<void> {
  if (!signedIn()) return go("/sign-in?then=/new", true);
  const body = h("div", { class: "form-space" });
  show(at, h("section", { class: "narrow card" }, h("h1", { tabindex: -1 }, "New room"), h("p", { class: "dim" }, "It is a draft until you publish it: add the prizes first."), body));
  const apps = await appsByName(left);
  show(
    body,
    form(
      "new-room",
      [
        { name: "title", label: "Title", required: true, maxlength: 200 },
        { name: "appId", label: "App", type: "select", options: apps.map((app) => [app.appId, app.name]) },
        { name: "description", label: "Description", type: "textarea", maxlength: 2000 },
        { name: "maxParticipants", label: "Most participants", type: "number", min: 1, max: 1_000_000, inputmode: "numeric" },
        { name: "isPublic", label: "Public: anybody can find it and join", type: "checkbox", value: "yes" },
        { name: "repeatWinners", label: "Whoever has won can win again", type: "checkbox" },
      ],
      "Create the room",
      async (values) => {
        const room = await post<Room>("/rooms", {
          appId: values["appId"],
          title: values["title"],
          description: values["description"] || null,
          isPublic: values["isPublic"] === "yes",
          maxParticipants: values["maxParticipants"] ? Number(values["maxParticipants"]) : null,
          appSettings: values["repeatWinners"] ? { repeatWinners: true } : null,
        });
        announce("The room is a draft.");
        go(`/rooms/${room.id}`, true);
      },
    ),
  );
}
