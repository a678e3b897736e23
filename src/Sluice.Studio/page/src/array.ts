// PostgreSQL's text of an array with one dimension: {a,"b c",NULL}.

/** Null for what has more dimensions, bounds of its own, or another delimiter: that is edited as text. */
export function readArray(text: string): (string | null)[] | null {
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  if (text === "{}") return [];
  const items: (string | null)[] = [];
  const part = /(?:"((?:[^"\\]|\\.)*)"|([^",{}\\;]*))(,|\}$)/gsy;
  part.lastIndex = 1;
  for (let end = 1; end < text.length; end = part.lastIndex) {
    const found = part.exec(text);
    if (!found) return null;
    items.push(found[1] !== undefined ? found[1].replace(/\\(.)/gs, "$1") : found[2] === "NULL" ? null : found[2]!);
  }
  return items;
}

export function writeArray(items: (string | null)[]): string {
  const quoted = (item: string) => (item === "" || /^null$/i.test(item) || /[\s",{}\\;]/.test(item) ? `"${item.replace(/[\\"]/g, "\\$&")}"` : item);
  return `{${items.map((item) => (item === null ? "NULL" : quoted(item))).join(",")}}`;
}
