-- Open sessions and whose they are. Alert: warning above 1,000 sessions, critical above 5,000.
SELECT COUNT(*) as active_sessions,
       COUNT(DISTINCT user_id) as unique_users
FROM user_sessions
WHERE status = 'active'
AND expires_at > CURRENT_TIMESTAMP;
