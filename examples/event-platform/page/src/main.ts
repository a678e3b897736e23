import { forgotten, signingIn, signingUp } from "./account.ts";
import { announce, h, show } from "./dom.ts";
import { Refusal } from "./http.ts";
import { newRoom } from "./new-room.ts";
import { roomPage } from "./room.ts";
import { roomsPage } from "./rooms.ts";
import { go, start } from "./routes.ts";
import { onChange, resume, signOut, signedIn } from "./session.ts";

function account(): void {
  const me = signedIn();
  show(
    document.getElementById("account")!,
    me
      ? [h("span", { class: "me", title: me.email }, me.displayName ?? me.email), h("button", { class: "quiet", id: "sign-out", click: () => void leave() }, "Sign out")]
      : [h("a", { class: "button quiet", href: "/sign-in", click: comeBack, id: "to-sign-in" }, "Sign in"), h("a", { class: "button primary", href: "/sign-up", click: comeBack }, "Sign up")],
  );
}

/** To the room that was looked at, if one was. */
function comeBack(event: Event): void {
  const link = event.currentTarget as HTMLAnchorElement;
  link.search = location.pathname.startsWith("/rooms/") ? `?then=${encodeURIComponent(location.pathname)}` : "";
}

async function leave(): Promise<void> {
  document.getElementById("not-signed-out")?.remove();
  try {
    await signOut();
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused;
    document.getElementById("main")!.prepend(h("p", { id: "not-signed-out", class: "notice bad", role: "alert" }, `You are still signed in. ${refused.message}`));
    return;
  }
  announce("Signed out.");
  go("/");
}

onChange(account);
// Without an answer the visitor is nobody for now; what needs more says so.
await resume().catch(() => undefined);
account();
start([
  { path: /^\/$/, title: "Rooms", show: roomsPage },
  { path: /^\/rooms\/(?<id>[a-z0-9]+)$/, title: "Room", show: roomPage },
  { path: /^\/new$/, title: "New room", show: newRoom },
  { path: /^\/sign-in$/, title: "Sign in", show: signingIn },
  { path: /^\/sign-up$/, title: "Sign up", show: signingUp },
  { path: /^\/forgotten-password$/, title: "Forgotten password", show: forgotten },
]);
