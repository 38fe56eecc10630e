-- +goose Up
-- protect_tenant puts the second wall around a tenant's table: the app role sees
-- and writes only rows of the org that pg.AsOrg set, the system role all of them.
-- +goose StatementBegin
CREATE FUNCTION protect_tenant(t regclass, org_column name DEFAULT 'org_id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  mine text := format('%I = (SELECT nullif(current_setting(''app.org_id'', true), '''')::uuid)', org_column);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
  EXECUTE format('CREATE POLICY tenant ON %s TO assay_app USING (%s) WITH CHECK (%s)', t, mine, mine);
  EXECUTE format('CREATE POLICY everything ON %s TO assay_system USING (true) WITH CHECK (true)', t);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO assay_app, assay_system', t);
END $$;
-- +goose StatementEnd
