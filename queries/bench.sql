-- name: TakeBenchmark :one
INSERT INTO benchmark (id, org_id, name, suite_id, samples, temperature, max_tokens, public, runs)
VALUES (@id, @org_id, @name, @suite_id, @samples, @temperature, @max_tokens, @public, 1)
ON CONFLICT (org_id, name) DO UPDATE SET suite_id = excluded.suite_id, samples = excluded.samples,
    temperature = excluded.temperature, max_tokens = excluded.max_tokens, public = excluded.public, runs = benchmark.runs + 1
RETURNING id, runs;

-- name: InsertRun :exec
INSERT INTO run (id, org_id, benchmark_id, name, suite_id, samples, temperature, max_tokens, public, simulated, seed, state, planned, created_at)
VALUES (@id, @org_id, @benchmark_id, @name, @suite_id, @samples, @temperature, @max_tokens, @public, @simulated, @seed, 'running', @planned, @created_at);

-- name: InsertRunModels :exec
INSERT INTO run_model (org_id, run_id, model_id, position, planned)
SELECT @org_id, @run_id, unnest(@model_ids::uuid[]), unnest(@positions::int[]), @planned;

-- name: InsertAttempts :exec
INSERT INTO attempt (id, created_at, org_id, run_id, model_id, problem_id, version_id, sample, seed, state)
SELECT unnest(@ids::uuid[]), @created_at, @org_id, @run_id, unnest(@model_ids::uuid[]), unnest(@problem_ids::uuid[]),
       unnest(@version_ids::uuid[]), unnest(@samples::int[]), unnest(@seeds::bigint[]), 'queued';

-- name: VisibleRun :one
SELECT org_id FROM run WHERE id = @id AND (public OR org_id = sqlc.narg(org_id)::uuid);

-- name: Run :one
SELECT r.id, r.org_id, r.benchmark_id, r.name, r.suite_id, s.name AS suite_name, r.samples, r.temperature, r.max_tokens, r.public,
       r.simulated, r.seed, r.state, r.planned, r.settled, r.created_at, r.finished_at
FROM run r JOIN suite s ON s.org_id = r.org_id AND s.id = r.suite_id
WHERE r.org_id = @org_id AND r.id = @id;

-- name: VisibleRuns :many
SELECT r.id, r.org_id, r.benchmark_id, r.name, r.suite_id, s.name AS suite_name, r.samples, r.temperature, r.max_tokens, r.public,
       r.simulated, r.seed, r.state, r.planned, r.settled, r.created_at, r.finished_at,
       (SELECT count(*) FROM run_model m WHERE m.org_id = r.org_id AND m.run_id = r.id)::int AS models
FROM run r JOIN suite s ON s.org_id = r.org_id AND s.id = r.suite_id
WHERE (r.public OR r.org_id = sqlc.narg(org_id)::uuid) AND r.id < @before
ORDER BY r.id DESC LIMIT @most;

-- name: RunModels :many
SELECT rm.model_id, m.title, p.name AS provider_name, m.simulated, rm.planned
FROM run_model rm JOIN model m ON m.org_id = rm.org_id AND m.id = rm.model_id
JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id
WHERE rm.org_id = @org_id AND rm.run_id = @run_id ORDER BY rm.position;

-- name: ClaimGenerate :one
UPDATE attempt a SET state = 'generating', claim = a.claim + 1, tries = a.tries + 1, node_id = @node_id
FROM run r
WHERE a.org_id = @org_id AND a.id = @id AND a.created_at = @created_at AND a.state = 'queued'
  AND r.org_id = a.org_id AND r.id = a.run_id AND r.state = 'running'
RETURNING a.run_id, a.model_id, a.version_id, a.claim, a.tries, a.seed, r.temperature, r.max_tokens, r.public;

-- name: Release :execrows
UPDATE attempt SET state = CASE state WHEN 'generating' THEN 'queued' ELSE 'answered' END, node_id = NULL, reason = @reason,
    tries = tries - CASE WHEN @uncounted::boolean THEN 1 ELSE 0 END
WHERE org_id = @org_id AND id = @id AND created_at = @created_at AND claim = @claim AND state IN ('generating', 'scoring');

-- name: Answer :execrows
UPDATE attempt SET state = 'answered', node_id = NULL, tries = 0, reason = '', finish_reason = @finish_reason,
    input_tokens = @input_tokens, output_tokens = @output_tokens, estimated = @estimated, cost = @cost,
    latency = @latency, first_token = @first_token
WHERE org_id = @org_id AND id = @id AND created_at = @created_at AND claim = @claim AND state = 'generating';

-- name: InsertTranscript :exec
INSERT INTO transcript (attempt_id, created_at, org_id, answer) VALUES (@attempt_id, @created_at, @org_id, @answer);

-- name: ClaimScore :one
UPDATE attempt a SET state = 'scoring', claim = a.claim + 1, tries = a.tries + 1, node_id = @node_id
FROM run r, transcript t
WHERE a.org_id = @org_id AND a.id = @id AND a.created_at = @created_at AND a.state = 'answered'
  AND r.org_id = a.org_id AND r.id = a.run_id AND r.state = 'running'
  AND t.org_id = a.org_id AND t.attempt_id = a.id AND t.created_at = a.created_at
RETURNING a.run_id, a.model_id, a.version_id, a.claim, a.tries, r.public, t.answer;

-- name: Settle :execrows
UPDATE attempt SET state = 'settled', node_id = NULL, settled_at = now(), verdict = @verdict::text, reason = @reason, rule = @rule,
    checks_passed = @checks_passed, checks_total = @checks_total, wall = @wall, cpu = @cpu, peak_memory = @peak_memory
WHERE org_id = @org_id AND id = @id AND created_at = @created_at AND claim = @claim AND state IN ('generating', 'scoring');

-- name: CompleteTranscript :exec
UPDATE transcript SET program = @program, checks = @checks, output = @output
WHERE org_id = @org_id AND attempt_id = @attempt_id AND created_at = @created_at;

-- name: CountSettled :one
UPDATE run SET settled = settled + 1,
    state = CASE WHEN settled + 1 = planned AND state IN ('running', 'paused') THEN 'completed' ELSE state END,
    finished_at = CASE WHEN settled + 1 = planned AND state IN ('running', 'paused') THEN now() ELSE finished_at END
WHERE org_id = @org_id AND id = @id RETURNING state, settled, planned;

-- name: ChangeState :one
UPDATE run SET state = @state, finished_at = CASE WHEN @state = 'cancelled' THEN now() END
WHERE org_id = @org_id AND id = @id AND state = ANY(@from_states::text[]) RETURNING public;

-- name: Waiting :many
SELECT a.id, a.state, m.provider_id FROM attempt a JOIN model m ON m.org_id = a.org_id AND m.id = a.model_id
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state IN ('queued', 'answered') ORDER BY a.id;

-- name: RunningRuns :many
-- tenantless: recovery takes up the runs of every org.
SELECT id, org_id FROM run WHERE state = 'running' ORDER BY id;

-- name: Orphans :many
SELECT a.id, a.claim FROM attempt a
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state IN ('generating', 'scoring')
  AND (a.node_id = @node_id
    OR NOT EXISTS (SELECT FROM node n WHERE n.id = a.node_id AND n.seen_at > now() - make_interval(secs => @seconds::double precision)));

-- name: Free :many
UPDATE attempt a SET state = CASE a.state WHEN 'generating' THEN 'queued' ELSE 'answered' END, claim = a.claim + 1, node_id = NULL
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@claims::int[]) AS claim) seen, model m
WHERE a.org_id = @org_id AND a.created_at = @created_at AND a.id = seen.id AND a.claim = seen.claim
  AND a.state IN ('generating', 'scoring') AND m.org_id = a.org_id AND m.id = a.model_id
RETURNING a.id, a.state, m.provider_id;

-- name: Standing :many
SELECT a.model_id,
       count(*) FILTER (WHERE a.state = 'settled') AS settled,
       count(*) FILTER (WHERE a.state IN ('answered', 'scoring', 'settled')) AS answered,
       count(*) FILTER (WHERE a.state = 'settled' AND a.verdict <> 'infrastructure') AS counted,
       count(*) FILTER (WHERE a.verdict = 'passed') AS passed,
       count(*) FILTER (WHERE a.state IN ('generating', 'scoring')) AS working,
       coalesce(sum(a.cost), 0)::bigint AS cost,
       coalesce(sum(a.input_tokens + a.output_tokens), 0)::bigint AS tokens
FROM attempt a WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at GROUP BY a.model_id;

-- name: VerdictCounts :many
SELECT a.verdict::text AS verdict, count(*) AS attempts FROM attempt a
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled' GROUP BY a.verdict ORDER BY 2 DESC;

-- name: Pace :one
SELECT count(*) FILTER (WHERE settled_at > now() - interval '20 seconds') AS recent,
       coalesce(extract(epoch FROM now() - min(settled_at)), 0)::double precision AS since_first
FROM attempt WHERE org_id = @org_id AND run_id = @run_id AND created_at = @created_at AND state = 'settled';

-- name: Convergence :many
SELECT b.bucket, b.model_id, count(*) AS counted, count(*) FILTER (WHERE b.passed) AS passed, max(b.n)::bigint AS upto
FROM (SELECT a.model_id, a.verdict = 'passed' AS passed,
             row_number() OVER w AS n, width_bucket((row_number() OVER w)::float8, 1, sqlc.arg(beyond)::float8, 48) AS bucket
      FROM attempt a WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled' AND a.verdict <> 'infrastructure'
      WINDOW w AS (ORDER BY a.settled_at, a.id)) b
GROUP BY b.bucket, b.model_id ORDER BY b.bucket, b.model_id;

-- name: ByProblem :many
SELECT a.problem_id, p.name, p.language, a.model_id, count(*) AS counted, count(*) FILTER (WHERE a.verdict = 'passed') AS passed
FROM attempt a JOIN problem p ON p.org_id = a.org_id AND p.id = a.problem_id
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled' AND a.verdict <> 'infrastructure'
GROUP BY a.problem_id, p.name, p.language, p.position, a.model_id ORDER BY p.position, p.name;

-- name: Attempts :many
SELECT a.id, a.run_id, a.model_id, m.title, m.simulated, a.problem_id, p.name AS problem_name, p.language, a.sample, a.state,
       coalesce(a.verdict, '')::text AS verdict, a.reason, a.checks_passed, a.checks_total, a.cost, a.latency, a.settled_at
FROM attempt a JOIN model m ON m.org_id = a.org_id AND m.id = a.model_id
JOIN problem p ON p.org_id = a.org_id AND p.id = a.problem_id
WHERE a.org_id = @org_id AND a.run_id = @run_id AND a.created_at = @created_at AND a.state = 'settled'
  AND (sqlc.narg(model_id)::uuid IS NULL OR a.model_id = sqlc.narg(model_id)::uuid)
  AND (sqlc.narg(problem_id)::uuid IS NULL OR a.problem_id = sqlc.narg(problem_id)::uuid)
  AND (sqlc.narg(verdict)::text IS NULL OR a.verdict = sqlc.narg(verdict)::text)
  AND (a.settled_at, a.id) < (@before_time::timestamptz, @before_id::uuid)
ORDER BY a.settled_at DESC, a.id DESC LIMIT @most;

-- name: ModelAttempts :many
SELECT a.id, a.run_id, a.model_id, m.title, m.simulated, a.problem_id, p.name AS problem_name, p.language, a.sample, a.state,
       coalesce(a.verdict, '')::text AS verdict, a.reason, a.checks_passed, a.checks_total, a.cost, a.latency, a.settled_at
FROM attempt a JOIN model m ON m.org_id = a.org_id AND m.id = a.model_id
JOIN problem p ON p.org_id = a.org_id AND p.id = a.problem_id
JOIN run r ON r.org_id = a.org_id AND r.id = a.run_id
WHERE a.org_id = @org_id AND a.model_id = @model_id AND r.public AND a.state = 'settled'
  AND (sqlc.narg(problem_id)::uuid IS NULL OR a.problem_id = sqlc.narg(problem_id)::uuid)
  AND (sqlc.narg(verdict)::text IS NULL OR a.verdict = sqlc.narg(verdict)::text)
  AND (a.settled_at, a.id) < (@before_time::timestamptz, @before_id::uuid)
ORDER BY a.settled_at DESC, a.id DESC LIMIT @most;

-- name: VisibleAttempt :one
SELECT a.org_id FROM attempt a JOIN run r ON r.org_id = a.org_id AND r.id = a.run_id
WHERE a.id = @id AND a.created_at = @created_at AND (r.public OR a.org_id = sqlc.narg(org_id)::uuid);

-- name: Attempt :one
SELECT a.id, a.run_id, r.name AS run_name, r.temperature, r.samples, a.model_id, m.title, m.simulated, pr.name AS provider_name,
       a.problem_id, p.name AS problem_name, p.language, a.version_id, v.number AS version_number, a.sample, a.seed, a.state,
       coalesce(a.verdict, '')::text AS verdict, a.reason, a.rule, a.finish_reason, a.checks_passed, a.checks_total,
       a.input_tokens, a.output_tokens, a.estimated, a.cost, a.latency, a.first_token, a.wall, a.cpu, a.peak_memory, a.settled_at,
       v.prompt, v.reference, v.test, v.entry_point,
       coalesce(t.answer, '') AS answer, coalesce(t.program, '') AS program, coalesce(t.checks, '[]')::jsonb AS checks,
       coalesce(t.output, '') AS output
FROM attempt a JOIN run r ON r.org_id = a.org_id AND r.id = a.run_id
JOIN model m ON m.org_id = a.org_id AND m.id = a.model_id
JOIN provider pr ON pr.org_id = m.org_id AND pr.id = m.provider_id
JOIN problem p ON p.org_id = a.org_id AND p.id = a.problem_id
JOIN problem_version v ON v.org_id = a.org_id AND v.id = a.version_id
LEFT JOIN transcript t ON t.org_id = a.org_id AND t.attempt_id = a.id AND t.created_at = a.created_at
WHERE a.org_id = @org_id AND a.id = @id AND a.created_at = @created_at;

-- name: PreviousAttempt :one
SELECT id FROM attempt WHERE org_id = @org_id AND run_id = @run_id AND created_at = @created_at AND id < @id AND state = 'settled' ORDER BY id DESC LIMIT 1;

-- name: NextAttempt :one
SELECT id FROM attempt WHERE org_id = @org_id AND run_id = @run_id AND created_at = @created_at AND id > @id AND state = 'settled' ORDER BY id LIMIT 1;
