-- Verification
DO $$ BEGIN RAISE NOTICE 'Rolling back 001_initial_schema: % users, % sessions, % audit entries go',
  (SELECT count(*) FROM users), (SELECT count(*) FROM user_sessions), (SELECT count(*) FROM audit_logs); END $$;

-- Reverse Order
DROP VIEW recent_audit_events, active_sessions_with_users, active_users;
DROP TRIGGER users_updated_at ON users;
DROP FUNCTION cleanup_old_audit_logs(integer), lock_user_account(text, integer), expire_old_sessions(), set_updated_at();
DROP TABLE audit_logs, user_sessions, users;

-- Cleanup
DROP TYPE audit_action, device_type, session_status, account_status;
DROP EXTENSION citext;

-- Validation
DO $$ BEGIN
  IF to_regclass('users') IS NOT NULL OR to_regtype('audit_action') IS NOT NULL THEN
    RAISE EXCEPTION 'the rollback of 001_initial_schema left something behind';
  END IF;
END $$;
