-- +goose Up
-- People exist before and beside orgs, so these tables carry no org_id and only
-- the system role reaches them.

-- owner: signin
CREATE TABLE account (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email      text NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email ON account (lower(email));
GRANT SELECT, INSERT, UPDATE, DELETE ON account TO assay_system;

-- A link is known by the SHA-256 of its token and works once.
-- owner: signin
CREATE TABLE signin_link (
    digest     bytea PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON signin_link TO assay_system;

-- The columns are those that scs's pgxstore reads and writes.
-- owner: signin
CREATE TABLE sessions (
    token  text PRIMARY KEY,
    data   bytea NOT NULL,
    expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO assay_system;
