-- The last ten migrations, and how long each took. Alert: warning above 5 minutes, critical above 15.
SELECT version, filename, applied_at, execution_time_ms
FROM schema_migrations
ORDER BY applied_at DESC
LIMIT 10;
