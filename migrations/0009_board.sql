-- +goose Up
-- One row for each run that stands on a board, so that none is counted twice.
-- owner: board
CREATE TABLE board_run (
    run_id     uuid PRIMARY KEY,
    org_id     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
SELECT protect_tenant('board_run');

-- Attempts that count, per day, model and problem. Infrastructure failures do not.
-- owner: board
CREATE TABLE board_cell (
    org_id     uuid NOT NULL,
    public     boolean NOT NULL,
    day        date NOT NULL,
    model_id   uuid NOT NULL,
    problem_id uuid NOT NULL,
    samples    integer NOT NULL,
    passed     integer NOT NULL,
    cost       bigint NOT NULL,
    PRIMARY KEY (model_id, problem_id, public, day),
    FOREIGN KEY (org_id, model_id) REFERENCES model (org_id, id),
    FOREIGN KEY (org_id, problem_id) REFERENCES problem (org_id, id)
);
CREATE INDEX board_cell_day ON board_cell (day) WHERE public;
SELECT protect_tenant('board_cell');

-- Latencies of the same attempts as a mergeable sketch (package stat), per day,
-- suite, language and model.
-- owner: board
CREATE TABLE board_latency (
    org_id   uuid NOT NULL,
    public   boolean NOT NULL,
    day      date NOT NULL,
    suite_id uuid NOT NULL,
    language text NOT NULL,
    model_id uuid NOT NULL,
    sketch   bytea NOT NULL,
    PRIMARY KEY (model_id, suite_id, language, public, day),
    FOREIGN KEY (org_id, suite_id) REFERENCES suite (org_id, id),
    FOREIGN KEY (org_id, model_id) REFERENCES model (org_id, id)
);
SELECT protect_tenant('board_latency');
