-- +goose Up
-- What was published and committed but has no position yet. Rows leave it, in
-- order, for the event series.
-- owner: event
CREATE TABLE outbox (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    org_id     uuid NOT NULL,
    public     boolean NOT NULL,
    topic      text NOT NULL,
    kind       text NOT NULL,
    subject    uuid NOT NULL,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant('outbox');

-- Positions are given after commit, one by one, so that a reader who has seen
-- position n has seen everything before it.
CREATE SEQUENCE event_position;
GRANT USAGE, SELECT ON SEQUENCE event_position TO assay_system;

-- owner: event
CREATE TABLE event (
    pos        bigint NOT NULL,
    id         uuid NOT NULL,
    org_id     uuid NOT NULL,
    public     boolean NOT NULL,
    topic      text NOT NULL,
    kind       text NOT NULL,
    subject    uuid NOT NULL,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (pos, created_at)
) PARTITION BY RANGE (created_at); -- series: every=1 day keep=30 days
SELECT protect_tenant('event');
