// What the API answers; /openapi/v1.json has the whole of it.

export type Status = "DRAFT" | "ACTIVE" | "COMPLETED" | "CANCELLED";

export type Role = "ADMIN" | "ORGANIZER" | "MODERATOR" | "PARTICIPANT" | "VIEWER";

export interface Page<T> {
  items: T[];
  /** Given as `after`, it brings the next page. */
  next: string | null;
}

export interface App {
  appId: string;
  name: string;
  description: string | null;
}

export interface Room {
  id: string;
  appId: string;
  title: string;
  description: string | null;
  status: Status;
  isPublic: boolean;
  maxParticipants: number | null;
  startsAt: string | null;
  endsAt: string | null;
  myRole: Role | null;
  myTicket: number | null;
  /** Counted to `mostCounted` and no further; null in lists. */
  participants: number | null;
}

export const mostCounted = 1000;

export interface Prize {
  id: string;
  name: string;
  description: string | null;
  quantity: number;
  left: number;
  /** Of the next draw. */
  round: number;
  commitment: string | null;
}

export interface Winner {
  id: string;
  prizeId: string;
  name: string | null;
  /** 0 for winners of before there were tickets. */
  ticket: number;
  round: number;
  wonAt: string;
}

export interface Draw {
  round: number;
  commitment: string;
  seed: string | null;
  tickets: number | null;
  drawnAt: string | null;
}

export interface Participant {
  id: string;
  name: string | null;
  role: Role;
  ticket: number | null;
}

export interface RoomEvent {
  type: string;
  id: string | null;
}

export interface User {
  id: string;
  email: string;
  displayName: string | null;
}
