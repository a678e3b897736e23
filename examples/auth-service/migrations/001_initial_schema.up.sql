-- Header
--   Accounts, sessions by device, and the audit trail that outlives both.
--   Author: Database Administration
--   Date: 2025-08-12

-- Extensions
-- Addresses and names are compared without regard to case, as people type them.
CREATE EXTENSION IF NOT EXISTS citext;

-- Types
CREATE TYPE account_status AS ENUM ('active', 'inactive', 'locked', 'pending_verification');
CREATE TYPE session_status AS ENUM ('active', 'expired', 'revoked');
CREATE TYPE device_type AS ENUM ('desktop', 'mobile', 'tablet', 'api', 'unknown');
CREATE TYPE audit_action AS ENUM (
  'login', 'login_failed', 'logout', 'password_changed', 'password_reset_requested', 'mfa_enabled', 'mfa_disabled', 'mfa_failed',
  'account_locked', 'account_unlocked', 'session_expired', 'session_revoked', 'privilege_changed', 'created', 'updated', 'deleted'
);

-- Tables
CREATE TABLE users (
  id                        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email                     citext NOT NULL UNIQUE,
  username                  citext NOT NULL UNIQUE,
  password_hash             varchar(255) NOT NULL,
  first_name                varchar(100),
  last_name                 varchar(100),
  phone                     varchar(20),
  status                    account_status NOT NULL DEFAULT 'pending_verification',
  failed_login_attempts     integer NOT NULL DEFAULT 0,
  account_locked_until      timestamptz,
  mfa_enabled               boolean NOT NULL DEFAULT false,
  mfa_secret                varchar(255),
  email_verified            boolean NOT NULL DEFAULT false,
  email_verification_token  varchar(255) UNIQUE,
  created_at                timestamptz NOT NULL DEFAULT now(),
  updated_at                timestamptz NOT NULL DEFAULT now(),
  last_login_at             timestamptz,
  last_login_ip             inet,
  deleted_at                timestamptz,
  CONSTRAINT users_email_is_an_address CHECK (email LIKE '_%@_%'),
  CONSTRAINT users_password_hash_is_bcrypt CHECK (password_hash ~ '^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$'),
  CONSTRAINT users_failed_login_attempts_not_negative CHECK (failed_login_attempts >= 0),
  CONSTRAINT users_mfa_needs_a_secret CHECK (NOT mfa_enabled OR mfa_secret IS NOT NULL)
);

CREATE TABLE user_sessions (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id           uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  session_token     varchar(255) NOT NULL UNIQUE,
  refresh_token     varchar(255) UNIQUE,
  device_id         varchar(255),
  device_type       device_type NOT NULL DEFAULT 'unknown',
  platform          varchar(50),
  user_agent        text,
  ip_address        inet,
  location_data     jsonb,
  is_persistent     boolean NOT NULL DEFAULT false,
  status            session_status NOT NULL DEFAULT 'active',
  created_at        timestamptz NOT NULL DEFAULT now(),
  last_activity_at  timestamptz NOT NULL DEFAULT now(),
  expires_at        timestamptz NOT NULL,
  revoked_at        timestamptz,
  CONSTRAINT user_sessions_revoked_has_its_time CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);

CREATE TABLE audit_logs (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id        uuid REFERENCES users ON DELETE SET NULL,
  session_id     uuid REFERENCES user_sessions ON DELETE SET NULL,
  ip_address     inet,
  action         audit_action NOT NULL,
  resource_type  varchar(100),
  resource_id    varchar(255),
  old_values     jsonb,
  new_values     jsonb,
  description    text,
  metadata       jsonb,
  request_id     varchar(100),
  created_at     timestamptz NOT NULL DEFAULT now()
);

-- Indexes
CREATE INDEX users_locked_idx ON users (account_locked_until) WHERE account_locked_until IS NOT NULL;
CREATE INDEX users_failed_login_idx ON users (failed_login_attempts) WHERE failed_login_attempts > 0;
CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id, status);
CREATE INDEX user_sessions_expiry_idx ON user_sessions (expires_at) WHERE status = 'active';
CREATE INDEX user_sessions_device_id_idx ON user_sessions (device_id);
CREATE INDEX audit_logs_user_id_idx ON audit_logs (user_id, created_at DESC);
CREATE INDEX audit_logs_session_id_idx ON audit_logs (session_id);
CREATE INDEX audit_logs_action_idx ON audit_logs (action, created_at DESC);
CREATE INDEX audit_logs_resource_idx ON audit_logs (resource_type, resource_id);
CREATE INDEX audit_logs_created_at_idx ON audit_logs (created_at);

-- Functions
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

-- How many sessions it marked as expired.
CREATE FUNCTION expire_old_sessions() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  expired integer;
BEGIN
  WITH marked AS (
    UPDATE user_sessions SET status = 'expired' WHERE status = 'active' AND expires_at <= now() RETURNING id, user_id
  ), logged AS (
    INSERT INTO audit_logs (user_id, session_id, action, resource_type, resource_id)
    SELECT user_id, id, 'session_expired', 'user_session', id::text FROM marked
  )
  SELECT count(*) INTO expired FROM marked;
  RETURN expired;
END
$$;

-- Whether there is such an account. Its sessions are revoked with it; a longer lock is never shortened.
CREATE FUNCTION lock_user_account(user_email text, lock_minutes integer DEFAULT 30) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  locked users;
BEGIN
  IF lock_minutes IS NULL OR lock_minutes <= 0 THEN
    RAISE EXCEPTION 'lock_minutes must be positive, not %', lock_minutes USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE users
  SET account_locked_until = greatest(account_locked_until, now() + make_interval(mins => lock_minutes))
  WHERE email = user_email::citext AND deleted_at IS NULL
  RETURNING * INTO locked;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE user_sessions SET status = 'revoked', revoked_at = now() WHERE user_id = locked.id AND status = 'active';
  INSERT INTO audit_logs (user_id, action, resource_type, resource_id, new_values, description)
  VALUES (locked.id, 'account_locked', 'user', locked.id::text, jsonb_build_object('account_locked_until', locked.account_locked_until),
          format('Locked for %s minutes', lock_minutes));
  RETURN true;
END
$$;

-- How many entries it deleted.
CREATE FUNCTION cleanup_old_audit_logs(retention_days integer DEFAULT 365) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  deleted bigint;
BEGIN
  IF retention_days IS NULL OR retention_days < 1 THEN
    RAISE EXCEPTION 'retention_days must be at least 1, not %', retention_days USING ERRCODE = 'invalid_parameter_value';
  END IF;
  DELETE FROM audit_logs WHERE created_at < now() - make_interval(days => retention_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END
$$;

-- Triggers
CREATE TRIGGER users_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Views
CREATE VIEW active_users AS
SELECT id, email, username, first_name, last_name, email_verified, mfa_enabled, created_at, last_login_at
FROM users
WHERE status = 'active' AND deleted_at IS NULL AND (account_locked_until IS NULL OR account_locked_until <= now());

CREATE VIEW active_sessions_with_users AS
SELECT s.id AS session_id, s.user_id, u.email, u.username, s.device_id, s.device_type, s.platform, s.ip_address,
       s.is_persistent, s.created_at, s.last_activity_at, s.expires_at
FROM user_sessions s
JOIN users u ON u.id = s.user_id
WHERE s.status = 'active' AND s.expires_at > now() AND u.deleted_at IS NULL;

CREATE VIEW recent_audit_events AS
SELECT a.id, a.created_at, a.action, a.user_id, u.email, u.username, a.session_id, a.ip_address, a.resource_type,
       a.resource_id, a.description, a.request_id
FROM audit_logs a
LEFT JOIN users u ON u.id = a.user_id
WHERE a.created_at > now() - interval '7 days';

-- Initial Data
INSERT INTO audit_logs (action, resource_type, resource_id, description)
VALUES ('created', 'schema', '001_initial_schema', 'Auth service schema created');

-- Comments
COMMENT ON TABLE users IS 'Who signs in; a deleted account keeps its row, with the time of deletion';
COMMENT ON COLUMN users.password_hash IS 'bcrypt, with its cost in the text';
COMMENT ON TABLE user_sessions IS 'One sign-in on one device';
COMMENT ON TABLE audit_logs IS 'What was done, by whom, and what it changed; kept when its user or session goes';
COMMENT ON FUNCTION expire_old_sessions() IS 'Marks sessions past their time as expired; returns how many';
COMMENT ON FUNCTION lock_user_account(text, integer) IS 'Locks an account for some minutes and revokes its sessions; false when there is none';
COMMENT ON FUNCTION cleanup_old_audit_logs(integer) IS 'Deletes audit entries older than some days; returns how many';
COMMENT ON VIEW active_users IS 'Accounts that can sign in now';
COMMENT ON VIEW active_sessions_with_users IS 'Sessions that are open now, with whose they are';
COMMENT ON VIEW recent_audit_events IS 'Audit events of the last 7 days with their users';
