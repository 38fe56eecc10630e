-- +goose Up
-- owner: bench
CREATE TABLE benchmark (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES org (id),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    suite_id    uuid NOT NULL,
    samples     integer NOT NULL CHECK (samples BETWEEN 1 AND 100),
    temperature double precision NOT NULL CHECK (temperature BETWEEN 0 AND 2),
    max_tokens  integer NOT NULL CHECK (max_tokens BETWEEN 1 AND 200000),
    public      boolean NOT NULL,
    runs        integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, name),
    FOREIGN KEY (org_id, suite_id) REFERENCES suite (org_id, id)
);
SELECT protect_tenant('benchmark');

-- A run keeps its own copy of the settings: a benchmark may change afterwards.
-- owner: bench
CREATE TABLE run (
    id           uuid PRIMARY KEY,
    org_id       uuid NOT NULL REFERENCES org (id),
    benchmark_id uuid NOT NULL,
    name         text NOT NULL,
    suite_id     uuid NOT NULL,
    samples      integer NOT NULL,
    temperature  double precision NOT NULL,
    max_tokens   integer NOT NULL,
    public       boolean NOT NULL,
    simulated    boolean NOT NULL,
    seed         bigint NOT NULL,
    state        text NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'completed')),
    planned      integer NOT NULL CHECK (planned > 0),
    settled      integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    UNIQUE (org_id, id),
    CHECK (settled BETWEEN 0 AND planned),
    CHECK ((state IN ('cancelled', 'completed')) = (finished_at IS NOT NULL)),
    FOREIGN KEY (org_id, benchmark_id) REFERENCES benchmark (org_id, id)
);
CREATE INDEX run_recent ON run (org_id, created_at DESC);
CREATE INDEX run_public ON run (created_at DESC) WHERE public;
CREATE INDEX run_running ON run (id) WHERE state = 'running';
SELECT protect_tenant('run');

-- owner: bench
CREATE TABLE run_model (
    org_id   uuid NOT NULL,
    run_id   uuid NOT NULL,
    model_id uuid NOT NULL,
    position integer NOT NULL,
    planned  integer NOT NULL,
    PRIMARY KEY (run_id, model_id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id),
    FOREIGN KEY (org_id, model_id) REFERENCES model (org_id, id)
);
SELECT protect_tenant('run_model');

-- created_at is the moment that the id itself carries, so a look-up by id finds
-- its partition. claim counts the times that somebody took the attempt up: only
-- the latest claimant may write. Times are microseconds, cost micro-dollars.
-- owner: bench
CREATE TABLE attempt (
    id            uuid NOT NULL,
    created_at    timestamptz NOT NULL,
    org_id        uuid NOT NULL,
    run_id        uuid NOT NULL,
    model_id      uuid NOT NULL,
    problem_id    uuid NOT NULL,
    version_id    uuid NOT NULL,
    sample        integer NOT NULL,
    seed          bigint NOT NULL,
    state         text NOT NULL CHECK (state IN ('queued', 'generating', 'answered', 'scoring', 'settled')),
    claim         integer NOT NULL DEFAULT 0,
    node_id       uuid,
    tries         integer NOT NULL DEFAULT 0,
    verdict       text CHECK (verdict IN ('passed', 'wrong_answer', 'runtime_error', 'compile_error', 'time_limit',
                    'memory_limit', 'output_limit', 'sandbox_violation', 'no_code', 'infrastructure')),
    reason        text NOT NULL DEFAULT '',
    rule          text NOT NULL DEFAULT '',
    finish_reason text NOT NULL DEFAULT '',
    checks_passed integer NOT NULL DEFAULT 0,
    checks_total  integer NOT NULL DEFAULT 0,
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    estimated     boolean NOT NULL DEFAULT false,
    cost          bigint NOT NULL DEFAULT 0,
    latency       bigint NOT NULL DEFAULT 0,
    first_token   bigint NOT NULL DEFAULT 0,
    wall          bigint NOT NULL DEFAULT 0,
    cpu           bigint NOT NULL DEFAULT 0,
    peak_memory   bigint NOT NULL DEFAULT 0,
    settled_at    timestamptz,
    PRIMARY KEY (id, created_at),
    CHECK ((state = 'settled') = (verdict IS NOT NULL)),
    CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id),
    FOREIGN KEY (org_id, model_id) REFERENCES model (org_id, id),
    FOREIGN KEY (org_id, version_id) REFERENCES problem_version (org_id, id)
) PARTITION BY RANGE (created_at); -- series: every=1 month keep=forever
CREATE INDEX attempt_run ON attempt (run_id, state);
CREATE INDEX attempt_latest ON attempt (run_id, settled_at DESC);
CREATE INDEX attempt_model ON attempt (model_id, settled_at DESC);
SELECT protect_tenant('attempt');

-- What an attempt said and did, apart from the row that is counted and updated.
-- owner: bench
CREATE TABLE transcript (
    attempt_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    org_id     uuid NOT NULL REFERENCES org (id),
    answer     text NOT NULL,
    program    text NOT NULL DEFAULT '',
    checks     jsonb NOT NULL DEFAULT '[]',
    output     text NOT NULL DEFAULT '',
    PRIMARY KEY (attempt_id, created_at)
) PARTITION BY RANGE (created_at); -- series: every=1 month keep=forever
SELECT protect_tenant('transcript');
