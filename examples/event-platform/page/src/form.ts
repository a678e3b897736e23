import { h, show, type Child } from "./dom.ts";
import { Refusal } from "./http.ts";

export interface Field {
  name: string;
  label: string;
  type?: "text" | "email" | "password" | "number" | "checkbox" | "select" | "textarea";
  hint?: string;
  required?: boolean;
  autocomplete?: string;
  inputmode?: string;
  min?: number;
  max?: number;
  maxlength?: number;
  value?: string;
  options?: readonly (readonly [value: string, label: string])[];
}

export type Values = Record<string, string>;

/** Codes of the server that do not say by their name which field they are about. */
const fieldOf: Record<string, string> = {
  invalid_credentials: "password",
  email_address_invalid: "email",
  user_already_exists: "email",
  registration_refused: "email",
  app_unknown: "appId",
  invalid_second_factor: "code",
  times_invalid: "endsAt",
};

/** A form whose refusals stand beside their fields. */
export function form(id: string, fields: readonly Field[], submit: string, send: (values: Values) => Promise<void>): HTMLFormElement {
  const above = h("div", { class: "form-error", role: "alert" });
  const button = h("button", { type: "submit", class: "primary", id: `${id}-submit` }, submit);
  const inputs = new Map(fields.map((field) => [field.name, control(id, field)]));
  const wrong = (name: string, words: string): void => {
    const input = inputs.get(name)!.input;
    input.setAttribute("aria-invalid", words ? "true" : "false");
    document.getElementById(`${id}-${name}-error`)!.textContent = words;
  };

  const whenSent = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (button.disabled) return;
    show(above);
    fields.forEach((field) => wrong(field.name, ""));
    const missing = fields.filter((field) => !inputs.get(field.name)!.input.checkValidity());
    missing.forEach((field) => wrong(field.name, inputs.get(field.name)!.input.validationMessage));
    if (missing[0]) return inputs.get(missing[0].name)!.input.focus();
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await send(Object.fromEntries(fields.map((field) => [field.name, value(inputs.get(field.name)!.input)])));
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      const name = fieldFor(refused, inputs);
      if (name) {
        wrong(name, refused.message);
        inputs.get(name)!.input.focus();
      } else {
        show(above, h("p", { class: "notice bad" }, refused.message));
      }
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  };
  return h("form", { id, class: "form", novalidate: true, submit: (event) => void whenSent(event) }, above, [...inputs.values()].map((made) => made.row), button);
}

function fieldFor(refused: Refusal, inputs: ReadonlyMap<string, unknown>): string | undefined {
  const named = fieldOf[refused.code] ?? refused.code.replace(/_(invalid|taken|refused|too_.*|unknown)$/, "").replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return inputs.has(named) ? named : /password/.test(refused.code) && inputs.has("password") ? "password" : undefined;
}

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const value = (input: Input): string => (input instanceof HTMLInputElement && input.type === "checkbox" ? (input.checked ? "yes" : "") : input.value);

function control(form: string, field: Field): { input: Input; row: Child } {
  const id = `${form}-${field.name}`;
  const attributes = {
    id,
    name: field.name,
    required: field.required,
    autocomplete: field.autocomplete ?? "off",
    inputmode: field.inputmode,
    min: field.min,
    max: field.max,
    maxlength: field.maxlength,
    "aria-describedby": `${field.hint ? `${id}-hint ` : ""}${id}-error`,
  };
  const input: Input =
    field.type === "select" ? h("select", attributes, (field.options ?? []).map(([value, label]) => h("option", { value, selected: value === field.value }, label)))
    : field.type === "textarea" ? h("textarea", { ...attributes, rows: 3 }, field.value)
    : h("input", { ...attributes, type: field.type ?? "text", value: field.type === "checkbox" ? "yes" : field.value, checked: field.type === "checkbox" && field.value === "yes" });
  const label = h("label", { for: id }, field.label, !field.required && field.type !== "checkbox" && field.type !== "select" && h("span", { class: "optional" }, " optional"));
  const below = [field.hint && h("p", { class: "hint", id: `${id}-hint` }, field.hint), h("p", { class: "field-error", id: `${id}-error` })];
  return { input, row: field.type === "checkbox" ? h("div", { class: "field" }, h("div", { class: "tick" }, input, label), below) : h("div", { class: "field" }, label, input, below) };
}
