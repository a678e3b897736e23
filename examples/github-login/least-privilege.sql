-- The role that the service runs as: it may change rows, and nothing else. Running this again does nothing. Give the role
-- a password of its own afterwards:
--   ALTER ROLE af_auth_app WITH LOGIN PASSWORD '…';
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'af_auth_app') THEN
    CREATE ROLE af_auth_app;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO af_auth_app', current_database());
END $$;

-- Before version 15, PostgreSQL lets everyone create tables here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO af_auth_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "users" TO af_auth_app;
