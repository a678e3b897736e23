-- Demonstration data. Running it again changes nothing: rows that are there stay as they are.

INSERT INTO "users" ("id", "email", "name", "provider", "providerId", "createdAt", "updatedAt", "deletedAt") VALUES
  ('cmjseed000000user00000001', 'ada@example.com', 'Ada Admin', 'google', 'google-1001', '2026-01-02 08:00:00', '2026-01-02 08:00:00', NULL),
  ('cmjseed000000user00000002', 'omar@example.com', 'Omar Organizer', 'google', 'google-1002', '2026-01-02 08:05:00', '2026-01-02 08:05:00', NULL),
  ('cmjseed000000user00000003', 'mia@example.com', 'Mia Moderator', 'google', 'google-1003', '2026-01-02 08:10:00', '2026-01-02 08:10:00', NULL),
  ('cmjseed000000user00000004', 'pat@example.com', 'Pat Participant', 'google', 'google-1004', '2026-01-02 08:15:00', '2026-01-02 08:15:00', NULL),
  ('cmjseed000000user00000005', 'pia@example.com', 'Pia Participant', 'google', 'google-1005', '2026-01-02 08:20:00', '2026-01-02 08:20:00', NULL),
  ('cmjseed000000user00000006', 'vic@example.com', 'Vic Viewer', 'google', 'google-1006', '2026-01-02 08:25:00', '2026-01-02 08:25:00', NULL),
  ('cmjseed000000user00000007', 'gone@example.com', NULL, 'google', 'google-1007', '2026-01-02 08:30:00', '2026-01-05 12:00:00', '2026-01-05 12:00:00')
ON CONFLICT DO NOTHING;

INSERT INTO "sessions" ("id", "userId", "refreshToken", "expiresAt", "deviceInfo", "ipAddress", "lastUsedAt", "createdAt") VALUES
  ('cmjseed000000session00001', 'cmjseed000000user00000001', 'seed-refresh-token-1', '2026-02-04 08:00:00', 'Firefox on Linux', '192.0.2.10', '2026-01-05 10:00:00', '2026-01-05 08:00:00'),
  ('cmjseed000000session00002', 'cmjseed000000user00000004', 'seed-refresh-token-2', '2026-02-04 09:00:00', 'Safari on iPhone', '192.0.2.11', '2026-01-05 11:00:00', '2026-01-05 09:00:00'),
  ('cmjseed000000session00003', 'cmjseed000000user00000004', 'seed-refresh-token-3', '2026-02-04 09:30:00', 'Chrome on Windows', '2001:db8::11', '2026-01-05 09:30:00', '2026-01-05 09:30:00')
ON CONFLICT DO NOTHING;

INSERT INTO "token_blacklist" ("id", "tokenHash", "expiresAt", "userId", "reason", "revokedAt") VALUES
  ('cmjseed000000denied000001', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '2026-01-05 12:00:00', 'cmjseed000000user00000007', 'logout', '2026-01-05 11:30:00')
ON CONFLICT DO NOTHING;

INSERT INTO "apps" ("id", "appId", "name", "description", "version", "manifest", "isActive", "createdAt", "updatedAt", "deletedAt") VALUES
  ('cmjseed000000app000000001', 'lucky-draw', 'Lucky draw', 'Draws winners among those present', '1.2.0', '{"entry": "/apps/lucky-draw", "permissions": ["participants.read", "winners.write"]}', true, '2026-01-02 09:00:00', '2026-01-02 09:00:00', NULL),
  ('cmjseed000000app000000002', 'quiz', 'Quiz', 'Questions against the clock', '1.0.0', '{"entry": "/apps/quiz", "permissions": ["participants.read"]}', true, '2026-01-02 09:05:00', '2026-01-02 09:05:00', NULL),
  ('cmjseed000000app000000003', 'raffle-classic', 'Raffle', 'Replaced by the lucky draw', '0.9.0', '{"entry": "/apps/raffle"}', false, '2026-01-02 09:10:00', '2026-01-04 09:00:00', '2026-01-04 09:00:00')
ON CONFLICT DO NOTHING;

INSERT INTO "rooms" ("id", "appId", "title", "status", "isPublic", "maxParticipants", "appSettings", "startsAt", "endsAt", "createdAt", "updatedAt") VALUES
  ('cmjseed000000room00000001', 'cmjseed000000app000000001', 'Spring raffle', 'DRAFT', false, 200, '{"drawEvery": "PT10M"}', NULL, NULL, '2026-01-03 09:00:00', '2026-01-03 09:00:00'),
  ('cmjseed000000room00000002', 'cmjseed000000app000000001', 'Open-door day', 'ACTIVE', true, 500, '{"drawEvery": "PT30M", "animated": true}', '2026-01-05 08:00:00', NULL, '2026-01-03 09:05:00', '2026-01-05 08:00:00'),
  ('cmjseed000000room00000003', 'cmjseed000000app000000002', 'Team quiz', 'ACTIVE', false, 40, '{"secondsPerQuestion": 20}', '2026-01-05 09:00:00', NULL, '2026-01-03 09:10:00', '2026-01-05 09:00:00'),
  ('cmjseed000000room00000004', 'cmjseed000000app000000001', 'New Year draw', 'COMPLETED', true, 300, '{"drawEvery": "PT5M"}', '2026-01-02 18:00:00', '2026-01-02 20:00:00', '2026-01-02 10:00:00', '2026-01-02 20:00:00'),
  ('cmjseed000000room00000005', 'cmjseed000000app000000002', 'Rooftop quiz', 'CANCELLED', true, NULL, NULL, '2026-01-04 18:00:00', NULL, '2026-01-02 11:00:00', '2026-01-04 12:00:00')
ON CONFLICT DO NOTHING;

INSERT INTO "participants" ("id", "userId", "roomId", "role", "metadata", "joinedAt", "updatedAt", "deletedAt") VALUES
  ('cmjseed000000part00000001', 'cmjseed000000user00000001', 'cmjseed000000room00000002', 'ADMIN', NULL, '2026-01-05 08:00:00', '2026-01-05 08:00:00', NULL),
  ('cmjseed000000part00000002', 'cmjseed000000user00000002', 'cmjseed000000room00000002', 'ORGANIZER', NULL, '2026-01-05 08:01:00', '2026-01-05 08:01:00', NULL),
  ('cmjseed000000part00000003', 'cmjseed000000user00000003', 'cmjseed000000room00000002', 'MODERATOR', NULL, '2026-01-05 08:02:00', '2026-01-05 08:02:00', NULL),
  ('cmjseed000000part00000004', 'cmjseed000000user00000004', 'cmjseed000000room00000002', 'PARTICIPANT', '{"ticket": "A-17"}', '2026-01-05 08:10:00', '2026-01-05 08:10:00', NULL),
  ('cmjseed000000part00000005', 'cmjseed000000user00000006', 'cmjseed000000room00000002', 'VIEWER', NULL, '2026-01-05 08:20:00', '2026-01-05 08:20:00', NULL),
  ('cmjseed000000part00000006', 'cmjseed000000user00000002', 'cmjseed000000room00000004', 'ORGANIZER', NULL, '2026-01-02 17:50:00', '2026-01-02 17:50:00', NULL),
  ('cmjseed000000part00000007', 'cmjseed000000user00000004', 'cmjseed000000room00000004', 'PARTICIPANT', '{"ticket": "N-1"}', '2026-01-02 18:00:00', '2026-01-02 18:00:00', NULL),
  ('cmjseed000000part00000008', 'cmjseed000000user00000005', 'cmjseed000000room00000004', 'PARTICIPANT', '{"ticket": "N-2"}', '2026-01-02 18:05:00', '2026-01-02 18:05:00', NULL),
  ('cmjseed000000part00000009', 'cmjseed000000user00000003', 'cmjseed000000room00000003', 'ORGANIZER', NULL, '2026-01-05 09:00:00', '2026-01-05 09:00:00', NULL),
  ('cmjseed000000part00000010', 'cmjseed000000user00000005', 'cmjseed000000room00000003', 'PARTICIPANT', NULL, '2026-01-05 09:05:00', '2026-01-05 09:40:00', '2026-01-05 09:40:00')
ON CONFLICT DO NOTHING;

INSERT INTO "prizes" ("id", "roomId", "name", "quantity", "position", "metadata", "createdAt", "updatedAt", "deletedAt") VALUES
  ('cmjseed000000prize0000001', 'cmjseed000000room00000002', 'Bicycle', 1, 1, '{"sponsor": "Wheels & Co."}', '2026-01-05 08:00:00', '2026-01-05 08:00:00', NULL),
  ('cmjseed000000prize0000002', 'cmjseed000000room00000002', 'Scooter', 1, 2, NULL, '2026-01-05 08:00:00', '2026-01-05 08:30:00', '2026-01-05 08:30:00'),
  ('cmjseed000000prize0000003', 'cmjseed000000room00000004', 'Weekend for two', 1, 1, NULL, '2026-01-02 17:00:00', '2026-01-02 17:00:00', NULL),
  ('cmjseed000000prize0000004', 'cmjseed000000room00000004', 'Book voucher', 10, 2, '{"value": 25, "currency": "EUR"}', '2026-01-02 17:00:00', '2026-01-02 17:00:00', NULL)
ON CONFLICT DO NOTHING;

INSERT INTO "winners" ("id", "roomId", "participantId", "prizeId", "metadata", "wonAt", "deletedAt") VALUES
  ('cmjseed000000winner000001', 'cmjseed000000room00000004', 'cmjseed000000part00000007', 'cmjseed000000prize0000003', '{"draw": 1}', '2026-01-02 19:00:00', NULL),
  ('cmjseed000000winner000002', 'cmjseed000000room00000004', 'cmjseed000000part00000008', 'cmjseed000000prize0000004', '{"draw": 2}', '2026-01-02 19:05:00', NULL),
  ('cmjseed000000winner000003', 'cmjseed000000room00000004', 'cmjseed000000part00000006', 'cmjseed000000prize0000004', '{"draw": 3, "revoked": "organizers cannot win"}', '2026-01-02 19:10:00', '2026-01-02 19:11:00')
ON CONFLICT DO NOTHING;
