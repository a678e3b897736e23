// The stretch of a table's rows that is at hand, and how it follows somebody who scrolls. Rows are read by key: on from the last, back
// from the first, or from a place that a sample of the table gave. So the last of five millions is as near as the first.

import { isAbort, post } from "./api.ts";
import type { Cell, Row, RowsPage, Selection } from "./types.ts";

const pageSize = 200;
const kept = 3000;

export class RowWindow {
  total: number;
  isExact = false;
  /** The index of the first row at hand. */
  start = 0;
  rows: Row[] = [];
  failure: unknown = null;
  isReady = false;
  private atEnd = false;
  private places: Cell[][] = [];
  private wanted: [number, number] = [0, 0];
  private work: Promise<void> | null = null;
  private readonly stop = new AbortController();

  /** @param moved Told when rows came; with how many rows everything moved, where an estimate was corrected. */
  constructor(readonly selection: Selection, estimate: number, private readonly moved: (by: number) => void) {
    this.total = Math.max(estimate, 0);
  }

  at(index: number): Row | undefined {
    return this.rows[index - this.start];
  }

  get end(): number {
    return this.start + this.rows.length;
  }

  async open(): Promise<void> {
    this.want(0, pageSize - 1);
    const asked = { ...this.selection };
    const counting = post<{ count: number; isExact: boolean }>("/count", asked, this.stop.signal).then(({ count, isExact }) => {
      if (this.isExact) return;
      this.total = Math.max(count, this.end);
      this.isExact = isExact || this.atEnd;
      if (this.atEnd) this.total = this.end;
      this.moved(0);
      return isExact ? undefined : post<{ places: Cell[][] }>("/places", asked, this.stop.signal).then(({ places }) => { this.places = places; });
    });
    await counting.catch((failure: unknown) => this.fail(failure));
  }

  close(): void {
    this.stop.abort();
  }

  /** Brings the rows of these indexes near, the last asked for first. */
  want(first: number, last: number): void {
    this.wanted = [Math.max(0, first), Math.max(first, Math.min(last, this.total - 1))];
    this.work ??= this.follow().finally(() => { this.work = null; });
  }

  private async follow(): Promise<void> {
    try {
      for (;;) {
        const [first, last] = this.wanted;
        if (this.isReady && (this.rows.length === 0 || (first >= this.start && (last < this.end || this.atEnd)))) return;
        if (!this.isReady || first > this.end + pageSize || last < this.start - pageSize) await this.jump(first);
        else if (last >= this.end && !this.atEnd) await this.onward();
        else await this.back();
        this.moved(0);
      }
    } catch (failure) {
      this.fail(failure);
    }
  }

  private async jump(first: number): Promise<void> {
    const index = Math.max(0, first - 20);
    // Of rows that nothing tells apart only their number says where they are.
    const isKeyed = this.rows[0]?.key.length !== 0;
    if (index < pageSize) {
      const page = await this.read({});
      [this.start, this.rows, this.atEnd] = [0, page.rows, !page.hasMore];
    } else if (isKeyed && index >= this.total - pageSize) {
      const page = await this.read({ fromEnd: true });
      [this.start, this.rows, this.atEnd] = [Math.max(0, this.total - page.rows.length), page.rows, true];
    } else {
      const place = this.places[Math.floor((index / this.total) * this.places.length)];
      const page = await this.read(place ? { after: place } : { offset: index });
      if (page.rows.length === 0) {
        this.total = index; // fewer than estimated
        return this.jump(this.total - 1);
      }
      [this.start, this.rows, this.atEnd] = [index, page.rows, !page.hasMore];
    }
    this.isReady = true;
    if (this.start === 0 && this.atEnd) [this.total, this.isExact] = [this.end, true];
  }

  private async onward(): Promise<void> {
    const last = this.rows.at(-1)!;
    const page = await this.read(last.key.length ? { after: last.cursor } : { offset: this.end });
    this.rows = this.rows.concat(page.rows);
    this.atEnd = !page.hasMore;
    if (this.atEnd || this.end > this.total) this.total = this.end;
    const over = this.rows.length - kept;
    if (over > 0) {
      this.rows = this.rows.slice(over);
      this.start += over;
    }
  }

  private async back(): Promise<void> {
    const first = this.rows[0]!;
    if (!first.key.length) {
      const from = Math.max(0, this.start - pageSize);
      const page = await this.read({ offset: from, limit: this.start - from });
      [this.start, this.rows] = [from, page.rows.concat(this.rows)];
      return;
    }
    const page = await this.read({ before: first.cursor });
    const expected = this.start - page.rows.length;
    // The estimate ends where the rows begin.
    const start = !page.hasMore ? 0 : Math.max(expected, 1);
    [this.start, this.rows] = [start, page.rows.concat(this.rows).slice(0, kept)];
    if (this.rows.length === kept) this.atEnd = false;
    if (start !== expected) this.moved(start - expected);
  }

  private read(where: object): Promise<RowsPage> {
    return post<RowsPage>("/rows", { ...this.selection, limit: pageSize, ...where }, this.stop.signal);
  }

  private fail(failure: unknown): void {
    if (isAbort(failure)) return;
    this.failure = failure;
    this.isReady = true;
    this.moved(0);
  }
}
