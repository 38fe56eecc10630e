-- name: PendingRuns :many
-- tenantless: the board counts the runs of every org.
SELECT r.id, r.org_id, r.suite_id, r.public, r.created_at, r.finished_at FROM run r
WHERE r.state = 'completed' AND NOT EXISTS (SELECT FROM board_run b WHERE b.run_id = r.id)
ORDER BY r.finished_at LIMIT 100;

-- name: MarkRun :execrows
INSERT INTO board_run (run_id, org_id) VALUES (@run_id, @org_id) ON CONFLICT DO NOTHING;

-- name: AddCells :exec
INSERT INTO board_cell (org_id, public, day, model_id, problem_id, samples, passed, cost)
SELECT a.org_id, @public::boolean, @day::date, a.model_id, a.problem_id, count(*),
       count(*) FILTER (WHERE a.verdict = 'passed'), sum(a.cost)
FROM attempt a
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled' AND a.verdict <> 'infrastructure'
GROUP BY a.org_id, a.model_id, a.problem_id
ON CONFLICT (model_id, problem_id, public, day) DO UPDATE SET samples = board_cell.samples + excluded.samples,
    passed = board_cell.passed + excluded.passed, cost = board_cell.cost + excluded.cost;

-- name: RunLatencies :many
SELECT a.model_id, p.language, a.latency FROM attempt a JOIN problem p ON p.org_id = a.org_id AND p.id = a.problem_id
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled' AND a.verdict <> 'infrastructure';

-- name: LatencyForUpdate :one
SELECT sketch FROM board_latency
WHERE org_id = @org_id AND model_id = @model_id AND suite_id = @suite_id AND language = @language AND public = @public AND day = @day
FOR UPDATE;

-- name: PutLatency :exec
INSERT INTO board_latency (org_id, public, day, suite_id, language, model_id, sketch)
VALUES (@org_id, @public, @day, @suite_id, @language, @model_id, @sketch)
ON CONFLICT (model_id, suite_id, language, public, day) DO UPDATE SET sketch = excluded.sketch;

-- name: Cells :many
-- tenantless: the public board stands over the public runs of every org.
SELECT c.model_id, c.problem_id, sum(c.samples)::bigint AS samples, sum(c.passed)::bigint AS passed, sum(c.cost)::bigint AS cost
FROM board_cell c WHERE c.public AND c.day >= @since::date GROUP BY c.model_id, c.problem_id;

-- name: Sketches :many
-- tenantless: the public board stands over the public runs of every org.
SELECT l.model_id, l.suite_id, l.language, l.sketch FROM board_latency l WHERE l.public AND l.day >= @since::date;

-- name: Places :many
-- tenantless: the public board stands over the public runs of every org.
SELECT p.id, p.suite_id, s.name AS suite_name, p.language FROM problem p JOIN suite s ON s.org_id = p.org_id AND s.id = p.suite_id WHERE p.id = ANY(@ids::uuid[]);

-- name: ModelNames :many
-- tenantless: the public board stands over the public runs of every org.
SELECT m.id, m.org_id, m.title, m.simulated, m.input_price, m.output_price, p.name AS provider_name
FROM model m JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id WHERE m.id = ANY(@ids::uuid[]);

-- name: LatestDay :one
-- tenantless: the public board stands over the public runs of every org.
SELECT coalesce(max(b.created_at), 'epoch')::timestamptz AS updated, count(*) AS runs
FROM board_run b JOIN run r ON r.org_id = b.org_id AND r.id = b.run_id WHERE r.public;

-- name: PublicModel :one
-- tenantless: a model that stands on the public board may be seen by anybody.
SELECT m.id, m.org_id, m.name, m.title, m.simulated, m.input_price, m.output_price, p.name AS provider_name
FROM model m JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id
WHERE m.id = @id AND EXISTS (SELECT FROM board_cell c WHERE c.org_id = m.org_id AND c.model_id = m.id AND c.public);

-- name: ModelCells :many
SELECT c.problem_id, p.name, p.language, s.name AS suite_name, sum(c.samples)::bigint AS samples, sum(c.passed)::bigint AS passed
FROM board_cell c JOIN problem p ON p.org_id = c.org_id AND p.id = c.problem_id
JOIN suite s ON s.org_id = p.org_id AND s.id = p.suite_id
WHERE c.org_id = @org_id AND c.model_id = @model_id AND c.public
GROUP BY c.problem_id, p.name, p.language, p.position, s.name ORDER BY s.name, p.position, p.name;

-- name: LockBoard :exec
-- tenantless: runs are counted one after the other, so that none of two that meet in a row is lost.
SELECT pg_advisory_xact_lock(hashtext('assay board'));
