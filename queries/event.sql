-- name: InsertOutbox :exec
INSERT INTO outbox (id, org_id, public, topic, kind, subject, data)
VALUES (@id, @org_id, @public, @topic, @kind, @subject, @data);

-- name: Number :many
-- tenantless: positions run through all orgs.
WITH taken AS (
    DELETE FROM outbox WHERE seq IN (SELECT o.seq FROM outbox o ORDER BY o.seq LIMIT 2000)
    RETURNING seq, id, org_id, public, topic, kind, subject, data, created_at
), ordered AS (
    SELECT id, org_id, public, topic, kind, subject, data, created_at FROM taken ORDER BY seq
)
INSERT INTO event (pos, id, org_id, public, topic, kind, subject, data, created_at)
SELECT nextval('event_position'), id, org_id, public, topic, kind, subject, data,
       greatest(created_at, now() - interval '1 day') FROM ordered -- the partitions of older days may be gone
RETURNING pos;

-- name: After :many
-- tenantless: the hub reads for everybody and hands out by org.
SELECT pos, id, org_id, public, topic, kind, subject, data, created_at FROM event
WHERE pos > @pos ORDER BY pos LIMIT @most;

-- name: LastPosition :one
-- tenantless: positions run through all orgs.
SELECT coalesce(max(pos), 0)::bigint FROM event;

-- name: Notify :exec
-- tenantless: a wake-up says nothing but that there is something to read.
SELECT pg_notify(@channel, '');

-- name: LockNumbering :exec
-- tenantless: one node at a time gives positions, for all orgs.
SELECT pg_advisory_xact_lock(hashtext('assay event position'));
