// Rows of any number under one scroll bar. A browser's page ends at some ten million pixels: for more rows than fit, small movements
// move row by row, and a long pull on the bar goes to the place that the bar shows.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RowWindow } from "./rows.ts";
import type { Cell, Column, NewValue, Row, RowChange, Sort } from "./types.ts";

const tallest = 8_000_000;
const rowHeight = 32;
const headHeight = 44;
const overscan = 6;

export interface Place { row: number; column: number }

interface Props {
  label: string;
  columns: Column[];
  widths: number[];
  window: RowWindow;
  version: number;
  shift: { by: number; at: number };
  /** A row to go to, when it is another object than before. */
  jump: { row: number } | null;
  sort: Sort | undefined;
  place: Place;
  selected: ReadonlyMap<string, Row>;
  changeOf: (row: Row) => RowChange | undefined;
  linkOf: (column: Column) => boolean;
  onSort: (column: Column) => void;
  onPlace: (place: Place) => void;
  onOpen: (place: Place) => void;
  onFollow: (row: Row, column: Column) => void;
  onCopy: (row: Row, column: number) => void;
  onSelect: (row: Row) => void;
  onDelete: (row: Row) => void;
  onFirstRows: () => void;
}

export function Grid(props: Props) {
  const { columns, widths, window: rows, place } = props;
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ height: 400, width: 600 });
  const [top, setTop] = useState(0);
  const state = useRef({ top: 0, bar: 0, own: false, settle: 0 });
  const total = rows.total;
  const inside = Math.max(1, (size.height - headHeight) / rowHeight);
  const whole = total * rowHeight + headHeight;
  const height = Math.min(whole, tallest);
  const isLong = whole > tallest;
  const lastTop = Math.max(0, total - Math.floor(inside));

  const show = (at: number) => {
    state.current.top = Math.min(Math.max(0, at), lastTop);
    setTop(state.current.top);
  };
  // Where the bar stands when this row is the first in sight.
  const barOf = (at: number) => (isLong ? (at / Math.max(1, lastTop)) * (height - size.height) : at * rowHeight);
  const moveBar = (at: number) => {
    if (!box.current) return;
    const before = box.current.scrollTop;
    box.current.scrollTop = barOf(at);
    state.current.bar = box.current.scrollTop;
    state.current.own = state.current.bar !== before; // the browser tells of a movement, not of none
  };
  const goTo = (at: number) => {
    show(at);
    moveBar(state.current.top);
  };

  useLayoutEffect(() => {
    const measure = () => box.current && setSize({ height: box.current.clientHeight, width: box.current.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  // Other rows, or another order: from the first on.
  useLayoutEffect(() => goTo(0), [rows]);

  // An estimate was corrected: what is in sight stays where it is.
  useLayoutEffect(() => {
    if (props.shift.by !== 0) goTo(state.current.top + props.shift.by);
  }, [props.shift]);

  const first = Math.max(0, Math.floor(top) - overscan);
  const last = Math.min(total - 1, Math.ceil(top + inside) + overscan);
  useEffect(() => { rows.want(first, last); }, [rows, first, last]);
  const isReady = rows.isReady;
  useEffect(() => { if (isReady) props.onFirstRows(); }, [rows, isReady]);

  const scrolled = () => {
    const at = box.current!.scrollTop;
    const by = at - state.current.bar;
    state.current.bar = at;
    if (state.current.own) {
      state.current.own = false;
      return;
    }
    if (!isLong) show(at / rowHeight);
    else if (Math.abs(by) < size.height * 2) show(state.current.top + by / rowHeight);
    else show((at / (height - size.height)) * lastTop);
    if (isLong) {
      clearTimeout(state.current.settle);
      state.current.settle = window.setTimeout(() => moveBar(state.current.top), 200);
    }
  };

  const keepInSight = (to: Place) => {
    const row = Math.min(Math.max(0, to.row), Math.max(0, total - 1));
    const column = Math.min(Math.max(0, to.column), columns.length - 1);
    if (row < state.current.top) goTo(row);
    else if (row + 1 > state.current.top + inside) goTo(row + 1 - inside);
    const left = widths.slice(0, column).reduce((a, b) => a + b, 0);
    const at = box.current!;
    if (left < at.scrollLeft) at.scrollLeft = left;
    else if (left + widths[column]! > at.scrollLeft + at.clientWidth) at.scrollLeft = left + widths[column]! - at.clientWidth;
    props.onPlace({ row, column });
  };

  useLayoutEffect(() => {
    if (props.jump) {
      goTo(props.jump.row);
      props.onPlace({ ...place, row: Math.min(props.jump.row, total - 1) });
    }
  }, [props.jump]);

  const pressed = (event: KeyboardEvent) => {
    const step = Math.max(1, Math.floor(inside) - 1);
    const row = rows.at(place.row);
    const far = event.ctrlKey || event.metaKey;
    const moves: Record<string, () => void> = {
      ArrowDown: () => keepInSight({ ...place, row: place.row + 1 }),
      ArrowUp: () => keepInSight({ ...place, row: place.row - 1 }),
      ArrowRight: () => keepInSight({ ...place, column: place.column + 1 }),
      ArrowLeft: () => keepInSight({ ...place, column: place.column - 1 }),
      PageDown: () => keepInSight({ ...place, row: place.row + step }),
      PageUp: () => keepInSight({ ...place, row: place.row - step }),
      Home: () => keepInSight(far ? { row: 0, column: 0 } : { ...place, column: 0 }),
      End: () => keepInSight(far ? { row: total - 1, column: columns.length - 1 } : { ...place, column: columns.length - 1 }),
      Enter: () => (far && row ? props.onFollow(row, columns[place.column]!) : props.onOpen(place)),
      F2: () => props.onOpen(place),
      " ": () => row && props.onSelect(row),
      Delete: () => row && props.onDelete(row),
      s: () => props.onSort(columns[place.column]!),
    };
    const move = moves[event.key];
    if (far && event.key.toLowerCase() === "c") { // a capital with Caps Lock
      if (row && row.cells[place.column] !== null && !getSelection()?.toString()) props.onCopy(row, place.column);
      return;
    }
    if (!move || event.altKey || (far && !["Home", "End", "Enter"].includes(event.key))) return;
    event.preventDefault();
    move();
  };

  const width = widths.reduce((a, b) => a + b, 0);
  const shown = [];
  for (let i = first; i <= last; i++) shown.push(i);
  return (
    <div
      class="grid" role="grid" tabIndex={0} ref={box} aria-label={props.label} aria-rowcount={rows.isExact ? total + 1 : -1} aria-colcount={columns.length}
      aria-activedescendant={rows.at(place.row) ? `cell-${place.row}-${place.column}` : undefined} onScroll={scrolled} onKeyDown={pressed}
    >
      <div class="canvas" style={{ height: `${height}px`, width: `${width}px` }}>
        <div class="stick" style={{ height: `${Math.min(size.height, height)}px`, width: `${width}px` }}>
          <div role="row" class="head" aria-rowindex={1} style={{ height: `${headHeight}px` }}>
            {columns.map((c, i) => (
              <div
                key={c.name} role="columnheader" style={{ width: `${widths[i]}px` }} aria-colindex={i + 1} class={c.canBeSorted ? "can" : ""} title={c.comment ?? undefined}
                aria-sort={props.sort?.column === c.name ? (props.sort.isDescending ? "descending" : "ascending") : undefined} onClick={() => c.canBeSorted && props.onSort(c)}
              >
                <span class="name">{c.name}{props.sort?.column === c.name && <span aria-hidden="true">{props.sort.isDescending ? " ↓" : " ↑"}</span>}</span>
                <span class="type">{c.type}</span>
              </div>
            ))}
          </div>
          <div class="rows" role="presentation">
            {shown.map((i) => {
              const row = rows.at(i);
              const change = row && props.changeOf(row);
              return (
                <div
                  key={i} role="row" aria-rowindex={i + 2} aria-selected={row ? props.selected.has(JSON.stringify(row.key)) : undefined}
                  class={`row ${change?.kind ?? ""} ${i % 2 ? "odd" : ""}`} style={{ transform: `translateY(${(i - top) * rowHeight}px)`, width: `${width}px` }}
                >
                  {columns.map((c, j) => (
                    <div
                      key={c.name} id={`cell-${i}-${j}`} role="gridcell" aria-colindex={j + 1} style={{ width: `${widths[j]}px` }}
                      class={`cell ${c.family} ${i === place.row && j === place.column ? "here" : ""} ${change?.values && Object.hasOwn(change.values, c.name) ? "changed" : ""}`}
                      onClick={(e) => { props.onPlace({ row: i, column: j }); if (row && (e.ctrlKey || e.metaKey)) props.onSelect(row); }} onDblClick={() => props.onOpen({ row: i, column: j })}
                    >
                      {row && <Value column={c} value={change?.values && Object.hasOwn(change.values, c.name) ? change.values[c.name]! : row.cells[j]!} isCut={row.cut.includes(j)} />}
                      {row && row.cells[j] !== null && props.linkOf(c) && (
                        <button type="button" class="follow" tabIndex={-1} aria-label={`Open what ${c.name} leads to`} onClick={(e) => { e.stopPropagation(); props.onFollow(row, c); }}>→</button>
                      )}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

/** A cell as PostgreSQL prints it; what is no text of it is shown as something else. */
export function Value({ value, isCut = false }: { column?: Column; value: Cell | NewValue; isCut?: boolean }) {
  if (value === null) return <span class="none">NULL</span>;
  if (typeof value === "object") return <span class="none">DEFAULT</span>;
  if (value === "") return <span class="none">empty</span>;
  return <span class="value">{value.length > 300 ? value.slice(0, 300) : value}{isCut || value.length > 300 ? "…" : ""}</span>;
}

/** Widths by what the columns hold, as the first rows show it. */
export function widthsFor(columns: Column[], rows: Row[], available: number): number[] {
  const widths = columns.map((c, i) => {
    const longest = rows.slice(0, 60).reduce((most, r) => Math.max(most, Math.min((r.cells[i] ?? "NULL").length, 60)), 0);
    return Math.round(Math.min(Math.max(Math.max(c.name.length + 2, longest, Math.min(c.type.length, 18)) * 7.6 + 30, 84), 380));
  });
  const sum = widths.reduce((a, b) => a + b, 0);
  if (sum < available && widths.length > 0) widths[widths.length - 1]! += available - sum;
  return widths;
}
