-- CreateTable
CREATE TABLE "authorization_codes" (
    "codeHash" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "sessionId" UUID NOT NULL,
    "redirectUri" TEXT NOT NULL,
    "codeChallenge" TEXT NOT NULL,
    "nonce" TEXT,
    "scope" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "usedAt" TIMESTAMPTZ(6),
    "issuedSessionId" UUID,

    CONSTRAINT "authorization_codes_pkey" PRIMARY KEY ("codeHash")
);

-- CreateTable
CREATE TABLE "client_sessions" (
    "sessionId" UUID NOT NULL,
    "clientId" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "parentId" UUID NOT NULL,
    "authenticatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "client_sessions_pkey" PRIMARY KEY ("sessionId")
);

-- CreateTable
CREATE TABLE "client_consents" (
    "userId" UUID NOT NULL,
    "clientId" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "grantedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "client_consents_pkey" PRIMARY KEY ("userId","clientId")
);

-- CreateIndex
CREATE INDEX "authorization_codes_sessionId_idx" ON "authorization_codes"("sessionId");

-- CreateIndex
CREATE INDEX "authorization_codes_expiresAt_idx" ON "authorization_codes"("expiresAt");

-- CreateIndex
CREATE INDEX "client_sessions_parentId_idx" ON "client_sessions"("parentId");

-- AddForeignKey
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_sessions" ADD CONSTRAINT "client_sessions_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_consents" ADD CONSTRAINT "client_consents_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
