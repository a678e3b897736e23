-- Demonstration data. Running it again changes nothing: rows that are there stay as they are. Nobody has a token: those are got by
-- signing in.

INSERT INTO "users" ("id", "github_user_id", "is_whitelisted", "created_at", "updated_at") VALUES
  ('0190a6f0-0000-7000-8000-0000000000a1', 583231, true, '2025-12-01 09:00:00Z', '2025-12-01 09:00:00Z'),
  ('0190a6f0-0000-7000-8000-0000000000a2', 9919, true, '2025-12-01 09:05:00Z', '2025-12-01 09:05:00Z'),
  ('0190a6f0-0000-7000-8000-0000000000a3', 1024025, false, '2025-12-02 10:00:00Z', '2025-12-02 10:00:00Z')
ON CONFLICT DO NOTHING;
