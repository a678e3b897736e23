-- An address and a name are one living user's; a deleted user's may be registered again.
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email") WHERE "deletedAt" IS NULL;
CREATE UNIQUE INDEX "users_username_key" ON "users" ("username") WHERE "deletedAt" IS NULL;
