// What the server's answers look like; see Tables/Outline.cs and its neighbours.

export type Cell = string | null;

export interface TableName { schema: string; name: string }

export interface Column {
  name: string;
  type: string;
  family: "text" | "number" | "boolean" | "json" | "array" | "enum" | "time" | "bytes" | "other";
  isRequired: boolean;
  default: string | null;
  isGiven: boolean;
  canBeSorted: boolean;
  labels: string[];
  comment: string | null;
}

export interface Relation { name: string; from: TableName; fromColumns: string[]; to: TableName; toColumns: string[] }

export interface Table extends TableName {
  kind: string;
  rows: number;
  comment: string | null;
  columns: Column[];
  key: string[];
  identity: string[];
  relations: Relation[];
  isEditable: boolean;
}

export interface Session { database: string; server: string; user: string | null; version: string; readOnly: boolean }

export interface Sort { column: string; isDescending: boolean }

export interface Filter { column: string; operator: string; value?: string }

export interface Selection { table: TableName; sort?: Sort | undefined; filters: Filter[] }

export interface Row { cursor: Cell[]; key: string[]; version: string | null; cells: Cell[]; cut: number[] }

export interface RowsPage { rows: Row[]; hasMore: boolean }

export interface WholeRow { version: string | null; cells: Cell[] }

/** A text, null for NULL, or the server's default. */
export type NewValue = string | null | { default: true };

export interface RowChange {
  kind: "update" | "insert" | "delete";
  table: TableName;
  key?: string[];
  version?: string | null;
  values?: Record<string, NewValue>;
}

export interface Conflict { change: number; message: string; now: WholeRow | null }

export interface ConsoleResult {
  statement: string;
  columns: string[];
  types: string[];
  rows: Cell[][];
  hasMore: boolean;
  affected: number;
  milliseconds: number;
}

export interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Schema"?: string;
  "Alias"?: string;
  "Index Name"?: string;
  "Join Type"?: string;
  "Filter"?: string;
  "Index Cond"?: string;
  "Hash Cond"?: string;
  "Merge Cond"?: string;
  "Recheck Cond"?: string;
  "Rows Removed by Filter"?: number;
  "Sort Key"?: string[];
  "Sort Method"?: string;
  "Total Cost": number;
  "Plan Rows": number;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Actual Total Time"?: number;
  "Shared Hit Blocks"?: number;
  "Shared Read Blocks"?: number;
  Plans?: PlanNode[];
}

export interface Plan { Plan: PlanNode; "Planning Time"?: number; "Execution Time"?: number }
