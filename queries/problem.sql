-- name: SuiteByName :one
SELECT id, name FROM suite WHERE org_id = @org_id AND name = @name;

-- name: InsertSuite :exec
INSERT INTO suite (id, org_id, name) VALUES (@id, @org_id, @name);

-- name: Suites :many
SELECT s.id, s.name, s.created_at, count(p.id) AS problems
FROM suite s LEFT JOIN problem p ON p.org_id = s.org_id AND p.suite_id = s.id
WHERE s.org_id = @org_id GROUP BY s.id ORDER BY s.name;

-- name: LatestVersions :many
SELECT p.id AS problem_id, p.name, v.number, v.digest
FROM problem p JOIN problem_version v ON v.org_id = p.org_id AND v.problem_id = p.id AND v.number = p.version
WHERE p.org_id = @org_id AND p.suite_id = @suite_id;

-- name: InsertProblems :exec
INSERT INTO problem (id, org_id, suite_id, name, language, position, version)
SELECT unnest(@ids::uuid[]), @org_id, @suite_id, unnest(@names::text[]), @language, unnest(@positions::int[]), 1;

-- name: InsertVersions :exec
INSERT INTO problem_version (id, org_id, problem_id, number, prompt, reference, test, entry_point, digest)
SELECT unnest(@ids::uuid[]), @org_id, unnest(@problem_ids::uuid[]), unnest(@numbers::int[]), unnest(@prompts::text[]),
       unnest(@refs::text[]), unnest(@tests::text[]), unnest(@entry_points::text[]), unnest(@digests::bytea[]);

-- name: RaiseVersions :exec
UPDATE problem p SET version = n.number
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@numbers::int[]) AS number) n
WHERE p.org_id = @org_id AND p.id = n.id;

-- name: Problems :many
SELECT p.id, p.suite_id, p.name, p.language, p.version, v.id AS version_id, v.entry_point,
       length(v.prompt)::int AS prompt_chars, length(v.reference)::int AS reference_chars
FROM problem p JOIN problem_version v ON v.org_id = p.org_id AND v.problem_id = p.id AND v.number = p.version
WHERE p.org_id = @org_id AND p.suite_id = @suite_id ORDER BY p.position, p.name;

-- name: Version :one
SELECT v.id, v.problem_id, v.number, v.prompt, v.reference, v.test, v.entry_point,
       p.name, p.language, p.suite_id, s.name AS suite_name
FROM problem_version v JOIN problem p ON p.org_id = v.org_id AND p.id = v.problem_id
JOIN suite s ON s.org_id = p.org_id AND s.id = p.suite_id
WHERE v.org_id = @org_id AND v.id = @id;

-- name: CurrentVersion :one
SELECT v.id, v.problem_id, v.number, v.prompt, v.reference, v.test, v.entry_point,
       p.name, p.language, p.suite_id, s.name AS suite_name
FROM problem p JOIN problem_version v ON v.org_id = p.org_id AND v.problem_id = p.id AND v.number = p.version
JOIN suite s ON s.org_id = p.org_id AND s.id = p.suite_id
WHERE p.org_id = @org_id AND p.id = @id;

-- name: SuiteTexts :many
SELECT v.id, v.problem_id, v.number, v.prompt, v.reference, v.test, v.entry_point,
       p.name, p.language, p.suite_id, s.name AS suite_name
FROM problem p JOIN problem_version v ON v.org_id = p.org_id AND v.problem_id = p.id AND v.number = p.version
JOIN suite s ON s.org_id = p.org_id AND s.id = p.suite_id
WHERE p.org_id = @org_id AND p.suite_id = @suite_id ORDER BY p.position, p.name;

-- name: AllTexts :many
-- tenantless: the simulated models answer for every org of this installation.
SELECT v.id, v.prompt, v.reference, v.test, v.entry_point
FROM problem p JOIN problem_version v ON v.org_id = p.org_id AND v.problem_id = p.id AND v.number = p.version;
