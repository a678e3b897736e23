-- Header
--   What each user prefers: theme, language, time zone, notifications.
--   Author: Database Administration
--   Date: 2025-08-12

-- Extensions
-- None beyond those of 001.

-- Types
CREATE TYPE theme AS ENUM ('system', 'light', 'dark');

-- Tables
CREATE TABLE user_preferences (
  user_id              uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  theme                theme NOT NULL DEFAULT 'system',
  language             varchar(35) NOT NULL DEFAULT 'en',
  time_zone            varchar(64) NOT NULL DEFAULT 'UTC',
  email_notifications  boolean NOT NULL DEFAULT true,
  security_alerts      boolean NOT NULL DEFAULT true,
  settings             jsonb NOT NULL DEFAULT '{}',
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_preferences_settings_is_an_object CHECK (jsonb_typeof(settings) = 'object')
);

-- Indexes
CREATE INDEX user_preferences_language_idx ON user_preferences (language);

-- Functions
CREATE FUNCTION add_default_preferences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO user_preferences (user_id) VALUES (NEW.id);
  RETURN NULL;
END
$$;

-- Triggers
CREATE TRIGGER user_preferences_updated_at BEFORE UPDATE ON user_preferences FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER users_default_preferences AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION add_default_preferences();

-- Views
CREATE VIEW users_with_preferences AS
SELECT u.id, u.email, u.username, p.theme, p.language, p.time_zone, p.email_notifications, p.security_alerts
FROM active_users u
JOIN user_preferences p ON p.user_id = u.id;

-- Initial Data
-- Those who are there already get the same as those who come.
INSERT INTO user_preferences (user_id) SELECT id FROM users;

-- Comments
COMMENT ON TABLE user_preferences IS 'One row a user, made with the user';
COMMENT ON VIEW users_with_preferences IS 'Accounts that can sign in now, with what they prefer';
