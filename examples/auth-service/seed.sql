-- Demonstration data: an account of each kind, sessions, an audit trail. Running it again changes nothing: rows that are there stay as
-- they are. The password hashes are well formed and belong to no password.

INSERT INTO users (id, email, username, password_hash, first_name, status, failed_login_attempts, account_locked_until, email_verified, created_at, updated_at) VALUES
  ('0190a6f0-0000-7000-8000-0000000000a1', 'seed.active@example.com', 'seed_active', '$2b$12$' || repeat('a', 53), 'Ada', 'active', 0, NULL, true, '2026-01-02 08:00:00Z', '2026-01-02 08:00:00Z'),
  ('0190a6f0-0000-7000-8000-0000000000a2', 'seed.locked@example.com', 'seed_locked', '$2b$12$' || repeat('b', 53), 'Bob', 'locked', 5, '2026-01-05 12:30:00Z', true, '2026-01-02 08:05:00Z', '2026-01-05 12:00:00Z'),
  ('0190a6f0-0000-7000-8000-0000000000a3', 'seed.new@example.com', 'seed_new', '$2b$12$' || repeat('c', 53), 'Cyd', DEFAULT, 0, NULL, false, '2026-01-05 09:00:00Z', '2026-01-05 09:00:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO user_sessions (id, user_id, session_token, device_type, platform, ip_address, location_data, status, created_at, last_activity_at, expires_at, revoked_at) VALUES
  ('0190a6f0-0000-7000-8000-0000000000b1', '0190a6f0-0000-7000-8000-0000000000a1', 'seed-session-1', 'desktop', 'Linux', '192.0.2.10', '{"country": "NZ"}', 'active', '2026-01-05 08:00:00Z', '2026-01-05 10:00:00Z', '2036-01-05 08:00:00Z', NULL),
  ('0190a6f0-0000-7000-8000-0000000000b2', '0190a6f0-0000-7000-8000-0000000000a1', 'seed-session-2', 'mobile', 'iOS', '2001:db8::11', NULL, 'expired', '2026-01-03 08:00:00Z', '2026-01-03 09:00:00Z', '2026-01-04 08:00:00Z', NULL),
  ('0190a6f0-0000-7000-8000-0000000000b3', '0190a6f0-0000-7000-8000-0000000000a2', 'seed-session-3', 'api', NULL, NULL, NULL, 'revoked', '2026-01-05 11:00:00Z', '2026-01-05 11:30:00Z', '2036-01-05 11:00:00Z', '2026-01-05 12:00:00Z')
ON CONFLICT DO NOTHING;

INSERT INTO audit_logs (id, user_id, session_id, ip_address, action, resource_type, resource_id, new_values, request_id, created_at) VALUES
  ('0190a6f0-0000-7000-8000-0000000000c1', '0190a6f0-0000-7000-8000-0000000000a1', '0190a6f0-0000-7000-8000-0000000000b1', '192.0.2.10', 'login', 'session', 'seed-session-1', '{"status": "active"}', 'seed-1', '2026-01-05 08:00:00Z'),
  ('0190a6f0-0000-7000-8000-0000000000c2', '0190a6f0-0000-7000-8000-0000000000a2', NULL, '192.0.2.11', 'login_failed', 'user', 'seed_locked', NULL, 'seed-2', '2026-01-05 12:00:00Z')
ON CONFLICT DO NOTHING;
