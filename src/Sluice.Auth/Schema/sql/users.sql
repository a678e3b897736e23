-- An address and a name are one living user's; a deleted user's may be registered again.
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email") WHERE "deletedAt" IS NULL;
CREATE UNIQUE INDEX "users_username_key" ON "users" ("username") WHERE "deletedAt" IS NULL;
-- For lists of the few that are so, in the order of the whole list.
CREATE INDEX "users_disabled_idx" ON "users" ("createdAt", "id") WHERE NOT "isActive";
CREATE INDEX "users_unverified_idx" ON "users" ("createdAt", "id") WHERE "emailVerified" IS NULL;
CREATE INDEX "users_deleted_idx" ON "users" ("createdAt", "id") WHERE "deletedAt" IS NOT NULL;
