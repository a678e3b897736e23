// What the tabs Migrations and Health are told; see OperationRoutes.cs, and the commands whose answers are passed on.

export interface AppliedMigration { name: string; checksum: string; state: string[]; started: string; finished: string | null; tookMs: number | null; who: string | null; logs: string | null }

export interface JournalledRun { id: number; command: string; who: string; started: string; finished: string | null; outcome: string | null; backup: string | null; statements: number; last: string | null }

export interface KnownBackup { archive: string; takenAt: string | null; bytes: number; proofMs: number | null; schemaVersion: string | null; isWhole: boolean; tables: number; problem: string | null }

export interface Migrations {
  layout: string;
  applied: AppliedMigration[];
  pending: string[];
  outOfOrder: string[];
  halfDone: string[];
  unmanaged: boolean;
  upToDate: boolean;
  runs: JournalledRun[];
  backups: KnownBackup[];
}

interface ToolError { error?: { code: string | null; message: string; remedies: string[] } }

export interface PlannedStatement { ordinal: number; line: number; sql: string; locks: { table: string; mode: string }[]; rewrites: string[]; scans: string[]; note: string | null; estimateMs: number }

export interface Pending {
  plan: ToolError & { pending?: { migration: string; file: string; segments: { kind: string; statements: PlannedStatement[] }[] }[] };
  lint: ToolError & { findings?: { rule: string; level: string; blocks: boolean; file: string; line: number; message: string; effect: string | null; why: string; safe: string }[] };
}

export interface Drift {
  status: ToolError & { drift?: { table?: string; text: string; trace: { text: string | null } }[] | null };
  made: string;
  found: string;
}

export interface DeployLog { lines: string[]; exitCode: number | null }

export interface Live { runs: JournalledRun[]; log: DeployLog | null }

export interface TableFigures { name: string; rows: number; deadRows: number; bytes: number; indexBytes: number; tableScans: number; indexScans: number; vacuumed: string | null; analyzed: string | null; deadShare: number }

export interface IndexFigures { name: string; table: string; scans: number; bytes: number; keeps: boolean; isUnused: boolean }

export interface Check { name: string; value: string; threshold: string; verdict: "ok" | "unknown" | "warning" | "critical"; advice: string | null }

export interface Backend {
  process: number;
  started: string;
  user: string | null;
  application: string | null;
  client: string | null;
  state: string | null;
  waits: string | null;
  transactionSeconds: number | null;
  statementSeconds: number | null;
  query: string;
  blockedBy: number[];
}

export interface Health {
  figures: {
    database: string;
    bytes: number;
    connections: number;
    mostConnections: number;
    cacheHit: number | null;
    tables: TableFigures[];
    indexes: IndexFigures[];
    auth: { tables: { name: string; isSessions: boolean; total: number; active: number | null; expired: number | null; recent: number | null }[]; failedLogins: number | null; lockedOut: number | null };
  };
  checks: Check[];
  since: string;
  pool: number;
  sessions: Backend[];
}

export const when = (time: string): string => time.slice(0, 19).replace("T", " ");

export function lasting(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
