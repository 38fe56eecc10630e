-- tenantless everywhere in this file: people exist before and beside orgs.

-- name: InsertAccount :exec
-- tenantless: an account is a person, who may be in several orgs.
INSERT INTO account (id, name, email) VALUES (@id, @name, @email);

-- name: AccountByID :one
-- tenantless: an account is a person, who may be in several orgs.
SELECT id, name, email FROM account WHERE id = @id;

-- name: InsertLink :exec
-- tenantless: a sign-in link belongs to the installation.
INSERT INTO signin_link (digest, expires_at) VALUES (@digest, @expires_at);

-- name: UseLink :one
-- tenantless: a sign-in link belongs to the installation.
UPDATE signin_link SET used_at = now()
WHERE digest = @digest AND used_at IS NULL AND expires_at > now() RETURNING created_at;

-- name: LinkIsOpen :one
-- tenantless: a sign-in link belongs to the installation.
SELECT EXISTS (SELECT FROM signin_link WHERE digest = @digest AND used_at IS NULL AND expires_at > now());

-- name: DeleteOldLinks :exec
-- tenantless: a sign-in link belongs to the installation.
DELETE FROM signin_link WHERE expires_at < now() - interval '1 day' OR used_at < now() - interval '1 day';

-- name: LockOwner :exec
-- tenantless: two people with two links must not both become the first owner.
SELECT pg_advisory_xact_lock(hashtext('assay first owner'));
