CREATE TABLE "payments" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "amount" BIGINT NOT NULL CHECK ("amount" > 0),
    "currency" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- A server that was killed may have paid without having kept its answer: the payment itself is once, too.
CREATE UNIQUE INDEX "payments_userId_reference_key" ON "payments" ("userId", "reference");

-- The row without an ip counts what comes from anywhere. To auth_attempts_email_ip_key every NULL is another; to this one they are the same.
CREATE UNIQUE INDEX "auth_attempts_email_anywhere_key" ON "auth_attempts" ("email", COALESCE("ip", ''));
