interface Pair { left: string | null; right: string | null }

/** Two texts line by line; what both have is left out but for the lines around. */
export function SideBySide({ left, right, heads }: { left: string; right: string; heads: [string, string] }) {
  const pairs = pairsOf(left.split("\n"), right.split("\n"));
  const near = pairs.map((_, i) => pairs.slice(Math.max(0, i - 3), i + 4).some((p) => p.left !== p.right));
  const rows = pairs.flatMap((p, i) => (near[i] ? [p] : near[i - 1] ? [null] : []));
  return (
    <div class="wide-table side" tabIndex={0} role="region" aria-label={heads.join(", ")}>
      <table>
        <thead><tr>{heads.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>
          {rows.map((p, i) => (p === null ? <tr key={i}><td colSpan={2} class="faint">…</td></tr> : (
            <tr key={i}><Line text={p.left} other={p.right} sign="−" /><Line text={p.right} other={p.left} sign="+" /></tr>
          )))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ text, other, sign }: { text: string | null; other: string | null; sign: string }) {
  const differs = text !== other && text !== null;
  return <td class={differs ? (sign === "+" ? "added" : "gone") : ""}><code>{differs ? `${sign} ` : "  "}{text ?? ""}</code></td>;
}

// The longest lines in common between what both begin and end with; neighbours that differ stand beside each other.
function pairsOf(left: string[], right: string[]): Pair[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < left.length - head && tail < right.length - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
  const same = (lines: string[]): Pair[] => lines.map((l) => ({ left: l, right: l }));
  const middle: Pair[] = [];
  const [gone, added]: [string[], string[]] = [[], []];
  const settle = () => {
    for (let i = 0; i < Math.max(gone.length, added.length); i++) middle.push({ left: gone[i] ?? null, right: added[i] ?? null });
    gone.length = added.length = 0;
  };
  // Very large differences are shown as they are: the table of common lines would take more than it gives.
  const table = a.length * b.length > 4_000_000 ? null : common(a, b);
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (table && i < a.length && j < b.length && a[i] === b[j]) {
      settle();
      middle.push({ left: a[i]!, right: b[j]! });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || !table || table[i + 1]![j]! >= table[i]![j + 1]!)) gone.push(a[i++]!);
    else added.push(b[j++]!);
  }
  settle();
  return [...same(left.slice(0, head)), ...middle, ...same(left.slice(left.length - tail))];
}

function common(a: string[], b: string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  }
  return table;
}
