-- What Sluice.Auth keeps of an account. An account is made before GitHub's number is written, and that is in github_accounts.
ALTER TABLE "users"
    ALTER COLUMN "github_user_id" DROP NOT NULL,
    ADD COLUMN "email" TEXT,
    ADD COLUMN "email_verified" TIMESTAMPTZ(6),
    ADD COLUMN "password_hash" TEXT,
    ADD COLUMN "is_active" BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN "last_login_at" TIMESTAMPTZ(6),
    ADD COLUMN "deleted_at" TIMESTAMPTZ(6);
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email") WHERE "deleted_at" IS NULL;
