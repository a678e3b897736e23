-- Verification
DO $$ BEGIN RAISE NOTICE 'Rolling back 002_add_user_preferences: the preferences of % users go', (SELECT count(*) FROM user_preferences); END $$;

-- Reverse Order
DROP VIEW users_with_preferences;
DROP TRIGGER users_default_preferences ON users;
DROP TRIGGER user_preferences_updated_at ON user_preferences;
DROP FUNCTION add_default_preferences();
DROP TABLE user_preferences;

-- Cleanup
DROP TYPE theme;

-- Validation
DO $$ BEGIN
  IF to_regclass('user_preferences') IS NOT NULL THEN
    RAISE EXCEPTION 'the rollback of 002_add_user_preferences left something behind';
  END IF;
END $$;
