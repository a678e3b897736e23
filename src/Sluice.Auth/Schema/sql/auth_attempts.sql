-- One row an address and client, also where the client is unknown: to a plain unique index every null is another one.
CREATE UNIQUE INDEX "auth_attempts_email_ip_key" ON "auth_attempts" ("email", COALESCE("ip", ''));
