-- name: UpsertNode :exec
-- tenantless: a node works for every org.
INSERT INTO node (id, host) VALUES (@id, @host) ON CONFLICT (id) DO UPDATE SET seen_at = now();

-- name: DeleteNode :exec
-- tenantless: a node works for every org.
DELETE FROM node WHERE id = @id;

-- name: DeleteOtherNodes :exec
-- tenantless: a node works for every org.
DELETE FROM node WHERE id <> @id;

-- name: DeleteDead :exec
-- tenantless: a node works for every org.
DELETE FROM node WHERE id = @id AND seen_at < now() - make_interval(secs => @seconds::double precision);

-- name: DeadNodes :many
-- tenantless: a node works for every org.
SELECT id FROM node WHERE seen_at < now() - make_interval(secs => @seconds::double precision);
