-- CreateTable
CREATE TABLE "password_demands" (
    "userId" UUID NOT NULL,
    "reason" TEXT,
    "demandedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "password_demands_pkey" PRIMARY KEY ("userId")
);

-- AddForeignKey
ALTER TABLE "password_demands" ADD CONSTRAINT "password_demands_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
