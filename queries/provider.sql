-- name: InsertProvider :exec
INSERT INTO provider (id, org_id, name, kind, base_url, sealed_key, concurrency)
VALUES (@id, @org_id, @name, @kind, @base_url, @sealed_key, @concurrency);

-- name: Providers :many
SELECT id, org_id, name, kind, base_url, (sealed_key IS NOT NULL)::boolean AS has_key, concurrency, created_at
FROM provider WHERE org_id = @org_id ORDER BY name;

-- name: ProviderByName :one
SELECT id, org_id, name, kind, base_url, concurrency FROM provider WHERE org_id = @org_id AND name = @name;

-- name: DeleteProvider :execrows
DELETE FROM provider WHERE org_id = @org_id AND id = @id;

-- name: InsertModel :exec
INSERT INTO model (id, org_id, provider_id, name, title, simulated, input_price, output_price)
VALUES (@id, @org_id, @provider_id, @name, @title, @simulated, @input_price, @output_price);

-- name: Models :many
SELECT m.id, m.provider_id, p.name AS provider_name, m.name, m.title, m.simulated, m.input_price, m.output_price
FROM model m JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id
WHERE m.org_id = @org_id ORDER BY p.name, m.title, m.id;

-- name: ModelsByID :many
SELECT m.id, m.provider_id, p.name AS provider_name, m.name, m.title, m.simulated, m.input_price, m.output_price
FROM model m JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id
WHERE m.org_id = @org_id AND m.id = ANY(@ids::uuid[]);

-- name: Target :one
SELECT m.name, m.simulated, m.input_price, m.output_price,
       p.id AS provider_id, p.name AS provider_name, p.kind, p.base_url, p.sealed_key, p.concurrency
FROM model m JOIN provider p ON p.org_id = m.org_id AND p.id = m.provider_id
WHERE m.org_id = @org_id AND m.id = @id;

-- name: DeleteModel :execrows
DELETE FROM model WHERE org_id = @org_id AND id = @id;

-- name: AllEndpoints :many
-- tenantless: health asks whether any provider at all can be reached.
SELECT id, org_id, name, kind, base_url, sealed_key, concurrency FROM provider ORDER BY created_at LIMIT 1000;
