-- The role that the service runs as: it may change rows, and nothing else. Give it a password of its own afterwards:
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
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO af_auth_app;
REVOKE ALL ON "_prisma_migrations" FROM af_auth_app;
-- What later migrations of the same owner make.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO af_auth_app;

-- What happened stays as it was written.
REVOKE UPDATE, DELETE ON "audit_logs", "audit_logs_rest", "audit_seals" FROM af_auth_app;
