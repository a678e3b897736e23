-- Accounts with failed sign-ins, and those that are locked.
SELECT email, failed_login_attempts, account_locked_until
FROM users
WHERE failed_login_attempts > 0
OR account_locked_until > CURRENT_TIMESTAMP;
