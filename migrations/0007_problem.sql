-- +goose Up
-- owner: problem
CREATE TABLE suite (
    id         uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES org (id),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, name)
);
SELECT protect_tenant('suite');

-- The current text of a problem is its version of that number.
-- owner: problem
CREATE TABLE problem (
    id         uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES org (id),
    suite_id   uuid NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    language   text NOT NULL CHECK (language IN ('typescript', 'csharp', 'java', 'python', 'go', 'ruby', 'rust')),
    position   integer NOT NULL,
    version    integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, suite_id, name),
    FOREIGN KEY (org_id, suite_id) REFERENCES suite (org_id, id)
);
SELECT protect_tenant('problem');

-- owner: problem
CREATE TABLE problem_version (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES org (id),
    problem_id  uuid NOT NULL,
    number      integer NOT NULL CHECK (number > 0),
    prompt      text NOT NULL,
    reference   text NOT NULL,
    test        text NOT NULL,
    entry_point text NOT NULL,
    digest      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, id),
    UNIQUE (org_id, problem_id, number),
    FOREIGN KEY (org_id, problem_id) REFERENCES problem (org_id, id)
);
SELECT protect_tenant('problem_version');
