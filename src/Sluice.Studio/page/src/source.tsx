import { useLayoutEffect, useRef } from "preact/hooks";

export interface SchemaBlock { schema: string; name: string; start: number; length: number }

export interface SchemaSource { isWritten: boolean; files: { path: string; text: string; blocks: SchemaBlock[] }[]; differences: string | null }

interface Props { source: SchemaSource; chosen: { schema: string; name: string } | null; has: (schema: string, name: string) => boolean }

/** The schema's text, each model leading to its table and the chosen one in sight. */
export function Source({ source, chosen, has }: Props) {
  const area = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const block = area.current!.querySelector<HTMLElement>(".block.here");
    if (block) area.current!.scrollTop += block.getBoundingClientRect().top - area.current!.getBoundingClientRect().top - 40;
  }, [source, chosen?.schema, chosen?.name]);
  return (
    <section class="source" aria-label="Schema source">
      {!source.isWritten && <p class="faint">This project has no schema: it is what <code>sluice db pull</code> would write.</p>}
      {source.differences === null && <p><span class="pill warn">has mistakes</span> <code>sluice validate</code> says which.</p>}
      {source.differences && (
        <details>
          <summary><span class="pill warn">differs</span> The database is not what the schema asks for</summary>
          <p class="faint">From the database to the schema:</p>
          <pre class="log" tabIndex={0} aria-label="Differences">{source.differences}</pre>
        </details>
      )}
      <div class="text" ref={area} tabIndex={0} role="region" aria-label="Text of the schema">
        {source.files.map((file) => (
          <div key={file.path}>
            <p class="path">{file.path}</p>
            <pre>{pieces(file).map((p, i) => (p.block === null ? p.text : (
              <span key={i} class={`block ${p.block.schema === chosen?.schema && p.block.name === chosen.name ? "here" : ""}`}>
                {has(p.block.schema, p.block.name) ? <a href={`#/schema/${encodeURIComponent(p.block.schema)}/${encodeURIComponent(p.block.name)}`}>{p.head}</a> : <>{p.head} <span class="pill warn">not in the database</span></>}
                {p.text}
              </span>
            )))}</pre>
          </div>
        ))}
      </div>
    </section>
  );
}

interface Piece { block: SchemaBlock | null; head: string; text: string }

function pieces({ text, blocks }: { text: string; blocks: SchemaBlock[] }): Piece[] {
  const all: Piece[] = [];
  let at = 0;
  for (const block of blocks) {
    all.push({ block: null, head: "", text: text.slice(at, block.start) });
    const own = text.slice(block.start, block.start + block.length);
    const head = /^\w+\s+\S+/.exec(own)?.[0] ?? own;
    all.push({ block, head, text: own.slice(head.length) });
    at = block.start + block.length;
  }
  return [...all, { block: null, head: "", text: text.slice(at) }];
}
