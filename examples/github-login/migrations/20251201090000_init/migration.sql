-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "github_user_id" BIGINT NOT NULL,
    "github_access_token" TEXT,
    "github_refresh_token" TEXT,
    "github_token_expires_at" TIMESTAMPTZ(6),
    "is_whitelisted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_github_user_id_key" ON "users"("github_user_id");
