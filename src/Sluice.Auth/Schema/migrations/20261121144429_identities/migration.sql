-- CreateTable
CREATE TABLE "user_identities" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "email" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(6),

    CONSTRAINT "user_identities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_sign_ins" (
    "stateHash" TEXT NOT NULL,
    "codeHash" TEXT,
    "codeChallenge" TEXT,
    "codeExpiresAt" TIMESTAMPTZ(6),
    "userId" UUID,
    "provider" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "provider_sign_ins_pkey" PRIMARY KEY ("stateHash")
);

-- CreateTable
CREATE TABLE "github_accounts" (
    "userId" UUID NOT NULL,
    "githubUserId" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "accessToken" BYTEA,
    "refreshToken" BYTEA,
    "keyId" TEXT NOT NULL,
    "tokenExpiresAt" TIMESTAMPTZ(6),
    "refreshingUntil" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "github_accounts_pkey" PRIMARY KEY ("userId")
);

-- CreateTable
CREATE TABLE "github_revocations" (
    "githubUserId" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "accessToken" BYTEA NOT NULL,
    "keyId" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(6) NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "github_revocations_pkey" PRIMARY KEY ("githubUserId")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_identities_provider_issuer_subject_key" ON "user_identities"("provider", "issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "user_identities_userId_provider_key" ON "user_identities"("userId", "provider");

-- CreateIndex
CREATE UNIQUE INDEX "provider_sign_ins_codeHash_key" ON "provider_sign_ins"("codeHash");

-- CreateIndex
CREATE INDEX "provider_sign_ins_userId_idx" ON "provider_sign_ins"("userId");

-- CreateIndex
CREATE INDEX "provider_sign_ins_expiresAt_idx" ON "provider_sign_ins"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "github_accounts_githubUserId_key" ON "github_accounts"("githubUserId");

-- CreateIndex
CREATE INDEX "github_accounts_tokenExpiresAt_idx" ON "github_accounts"("tokenExpiresAt");

-- CreateIndex
CREATE INDEX "github_revocations_nextTryAt_idx" ON "github_revocations"("nextTryAt");

-- AddForeignKey
ALTER TABLE "user_identities" ADD CONSTRAINT "user_identities_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_sign_ins" ADD CONSTRAINT "provider_sign_ins_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "github_accounts" ADD CONSTRAINT "github_accounts_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
