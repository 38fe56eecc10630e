-- name: InsertOrg :exec
-- tenantless: an org is made before anybody is in it.
INSERT INTO org (id, name) VALUES (@id, @name);

-- name: InsertMember :exec
INSERT INTO member (org_id, account_id, role) VALUES (@org_id, @account_id, @role);

-- name: FirstOrg :one
-- tenantless: the first org of an installation is its own.
SELECT id, name FROM org ORDER BY created_at, id LIMIT 1;

-- name: MembershipsOf :many
-- tenantless: a person's orgs are found by the person.
SELECT m.org_id, o.name AS org_name, m.role FROM member m JOIN org o ON o.id = m.org_id
WHERE m.account_id = @account_id ORDER BY m.created_at, m.org_id;

-- name: FirstOwner :one
SELECT account_id FROM member WHERE org_id = @org_id AND role = 'owner' ORDER BY created_at, account_id LIMIT 1;

-- name: LockFirst :exec
-- tenantless: two nodes that start at once must not make two first orgs.
SELECT pg_advisory_xact_lock(hashtext('assay first org'));
