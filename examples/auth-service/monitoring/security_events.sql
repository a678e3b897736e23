-- What happened in the last hour, most frequent first. Alert on login_failed: warning above 10 an hour, critical above 50.
SELECT action, COUNT(*) as event_count
FROM audit_logs
WHERE created_at > CURRENT_TIMESTAMP - INTERVAL '1 hour'
GROUP BY action
ORDER BY event_count DESC;
