-- +goose Up
-- owner: org
CREATE TABLE org (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant('org', 'id');

-- owner: org
CREATE TABLE member (
    org_id     uuid NOT NULL REFERENCES org (id),
    account_id uuid NOT NULL,
    role       text NOT NULL CHECK (role IN ('owner', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, account_id)
);
CREATE INDEX member_account ON member (account_id);
SELECT protect_tenant('member');
