-- +goose Up
-- A running process; its row is renewed while it lives, so that work which a
-- dead one held can be taken up by others.
-- owner: queue
CREATE TABLE node (
    id         uuid PRIMARY KEY,
    host       text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON node TO assay_system;
GRANT SELECT ON node TO assay_app;
