import { announce, h, notice, show } from "./dom.ts";
import { form, type Field, type Values } from "./form.ts";
import { Refusal, send } from "./http.ts";
import { go, ownPath, type Visit } from "./routes.ts";
import { showSecondFactor, signIn, signUp, signedIn } from "./session.ts";

const password: Field = { name: "password", label: "Password", type: "password", required: true, autocomplete: "current-password" };
const newPassword: Field = { name: "newPassword", label: "New password", type: "password", required: true, autocomplete: "new-password", hint: "Somebody else may know the old one." };

const titled = (title: string, ...children: (Node | string)[]): HTMLElement => h("section", { class: "narrow card" }, h("h1", { tabindex: -1 }, title), ...children);

function welcome(visit: Visit): void {
  announce(`Signed in as ${signedIn()?.displayName ?? signedIn()?.email}.`);
  go(ownPath(visit.url.searchParams.get("then")), true);
}

export function signingIn(visit: Visit): void {
  const then = encodeURIComponent(ownPath(visit.url.searchParams.get("then")));
  const given = { identifier: "", password: "" };
  const ask = (isAnother: boolean): HTMLFormElement =>
    form(
      "sign-in",
      [{ name: "identifier", label: "E-mail address", type: "email", required: true, autocomplete: "username", value: given.identifier }, { ...password, value: given.password }, ...(isAnother ? [newPassword] : [])],
      "Sign in",
      async (values) => {
        Object.assign(given, values);
        try {
          await signIn(values as Values & typeof given);
        } catch (refused) {
          if (!(refused instanceof Refusal)) throw refused;
          if (refused.code === "mfa_required") return secondFactor(visit, String(refused.details["mfaToken"]));
          if (refused.code !== "password_change_required" || isAnother) throw refused;
          fields.replaceChildren(ask(true));
          fields.querySelector<HTMLElement>("#sign-in-newPassword")?.focus();
          return;
        }
        welcome(visit);
      },
    );
  const fields = h("div", {}, ask(false));
  show(
    visit.at,
    titled("Sign in", fields, h("p", { class: "links" }, h("a", { href: "/forgotten-password" }, "Forgotten your password?"), h("a", { href: `/sign-up?then=${then}` }, "Sign up instead"))),
  );
}

function secondFactor(visit: Visit, mfaToken: string): void {
  const ask = (isRecovery: boolean): HTMLElement[] => [
    form(
      "second-factor",
      [
        isRecovery
          ? { name: "code", label: "Recovery code", required: true, autocomplete: "off", hint: "One of the ten that you have kept." }
          : { name: "code", label: "Code", required: true, autocomplete: "one-time-code", inputmode: "numeric", hint: "The six digits that your authenticator app shows." },
      ],
      "Go on",
      async ({ code }) => {
        await showSecondFactor(isRecovery ? { mfaToken, recoveryCode: code! } : { mfaToken, code: code! });
        welcome(visit);
      },
    ),
    h("p", { class: "links" }, h("button", { class: "link", click: () => other(!isRecovery) }, isRecovery ? "Use the authenticator app" : "Use a recovery code")),
  ];
  const body = h("div", {}, ...ask(false));
  const other = (isRecovery: boolean): void => {
    body.replaceChildren(...ask(isRecovery));
    body.querySelector("input")?.focus();
  };
  show(visit.at, titled("One more step", body));
  body.querySelector("input")?.focus();
}

export function signingUp(visit: Visit): void {
  const then = encodeURIComponent(ownPath(visit.url.searchParams.get("then")));
  const asked = form(
    "sign-up",
    [
      { name: "displayName", label: "Name", required: true, autocomplete: "name", maxlength: 100, hint: "Others see it when you win." },
      { name: "email", label: "E-mail address", type: "email", required: true, autocomplete: "email" },
      { ...password, autocomplete: "new-password", hint: "A few words that belong together only for you." },
    ],
    "Sign up",
    async (values) => {
      if (await signUp(values as Values & { email: string; password: string; displayName: string })) return welcome(visit);
      show(visit.at, titled("Look into your mail", h("p", {}, `We have sent a link to ${values["email"]}. It confirms the address; then you can sign in.`)));
    },
  );
  show(visit.at, titled("Sign up", asked, h("p", { class: "links" }, h("a", { href: `/sign-in?then=${then}` }, "Sign in instead"))));
}

export function forgotten({ at }: Visit): void {
  const asked = form("forgotten", [{ name: "email", label: "E-mail address", type: "email", required: true, autocomplete: "email" }], "Send a link", async ({ email }) => {
    try {
      await send("POST", "/auth/v1/password/forgot", { body: { email } });
    } catch (refused) {
      if (!(refused instanceof Refusal) || refused.status !== 404) throw refused;
      throw new Refusal(404, "", "This platform sends no mail. Ask who runs it.");
    }
    show(at, titled("Look into your mail", notice(`If ${email} has an account, a link to set another password is on its way. It holds for half an hour.`, "good")));
  });
  show(at, titled("Forgotten password", h("p", {}, "We mail you a link to set another one."), asked));
}
