-- +goose Up
-- owner: provider
CREATE TABLE provider (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES org (id),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind        text NOT NULL CHECK (kind IN ('openai', 'simulated')),
    base_url    text NOT NULL,
    sealed_key  bytea,
    concurrency integer NOT NULL DEFAULT 8 CHECK (concurrency BETWEEN 1 AND 1000),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, name)
);
SELECT protect_tenant('provider');

-- Prices are micro-dollars per million tokens.
-- owner: provider
CREATE TABLE model (
    id           uuid PRIMARY KEY,
    org_id       uuid NOT NULL REFERENCES org (id),
    provider_id  uuid NOT NULL,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    simulated    boolean NOT NULL,
    input_price  bigint NOT NULL CHECK (input_price >= 0),
    output_price bigint NOT NULL CHECK (output_price >= 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, provider_id, name),
    FOREIGN KEY (org_id, provider_id) REFERENCES provider (org_id, id)
);
SELECT protect_tenant('model');
