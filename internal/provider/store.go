package provider

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider/internal/db"
)

func insert(ctx context.Context, tx pgx.Tx, org id.ID, p Provider, sealed []byte, list []NewModel) error {
	err := db.New(tx).InsertProvider(ctx, db.InsertProviderParams{ID: p.ID, OrgID: org, Name: p.Name, Kind: p.Kind,
		BaseUrl: p.BaseURL, SealedKey: sealed, Concurrency: int32(p.Concurrency)})
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := insertModel(ctx, tx, org, p, m); err != nil {
			return err
		}
	}
	return nil
}

func insertModel(ctx context.Context, tx pgx.Tx, org id.ID, p Provider, m NewModel) error {
	return db.New(tx).InsertModel(ctx, db.InsertModelParams{ID: id.New(), OrgID: org, ProviderID: p.ID, Name: m.Name,
		Title: m.Title, Simulated: p.Kind == Simulated, InputPrice: int64(m.InputPrice), OutputPrice: int64(m.OutputPrice)})
}

// addMissing adds those of list that p has no model of the same name for.
func addMissing(ctx context.Context, tx pgx.Tx, org id.ID, p Provider, list []NewModel) error {
	have, err := models(ctx, tx, org)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, m := range have {
		known[m.Name] = known[m.Name] || m.ProviderID == p.ID
	}
	for _, m := range list {
		if known[m.Name] {
			continue
		}
		if err := insertModel(ctx, tx, org, p, m); err != nil {
			return err
		}
	}
	return nil
}

func remove(ctx context.Context, tx pgx.Tx, org, provider id.ID) error {
	list, err := models(ctx, tx, org)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.ProviderID != provider {
			continue
		}
		if _, err := db.New(tx).DeleteModel(ctx, org, m.ID); err != nil {
			return err
		}
	}
	n, err := db.New(tx).DeleteProvider(ctx, org, provider)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "there is no provider %s", provider)
	}
	return err
}

func providers(ctx context.Context, tx pgx.Tx, org id.ID) ([]Provider, error) {
	rows, err := db.New(tx).Providers(ctx, org)
	if err != nil {
		return nil, err
	}
	list := make([]Provider, len(rows))
	for i, r := range rows {
		list[i] = Provider{ID: r.ID, Name: r.Name, Kind: r.Kind, BaseURL: r.BaseUrl, HasKey: r.HasKey,
			Concurrency: int(r.Concurrency), CreatedAt: r.CreatedAt}
	}
	return list, nil
}

func byName(ctx context.Context, tx pgx.Tx, org id.ID, name string) (Provider, error) {
	r, err := db.New(tx).ProviderByName(ctx, org, name)
	return Provider{ID: r.ID, Name: r.Name, Kind: r.Kind, BaseURL: r.BaseUrl, Concurrency: int(r.Concurrency)}, err
}

func models(ctx context.Context, tx pgx.Tx, org id.ID) ([]Model, error) {
	rows, err := db.New(tx).Models(ctx, org)
	if err != nil {
		return nil, err
	}
	list := make([]Model, len(rows))
	for i, r := range rows {
		list[i] = newModel(db.ModelsByIDRow(r))
	}
	return list, nil
}

func modelsByID(ctx context.Context, tx pgx.Tx, org id.ID, ids []id.ID) ([]Model, error) {
	rows, err := db.New(tx).ModelsByID(ctx, org, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Model, len(rows))
	for i, r := range rows {
		list[i] = newModel(r)
	}
	return list, nil
}

func newModel(r db.ModelsByIDRow) Model {
	return Model{ID: r.ID, ProviderID: r.ProviderID, Provider: r.ProviderName, Name: r.Name, Title: r.Title,
		Simulated: r.Simulated, InputPrice: money.Micro(r.InputPrice), OutputPrice: money.Micro(r.OutputPrice)}
}

func target(ctx context.Context, tx pgx.Tx, org, model id.ID) (Target, []byte, error) {
	r, err := db.New(tx).Target(ctx, org, model)
	if err != nil {
		return Target{}, nil, err
	}
	m := Model{ID: model, ProviderID: r.ProviderID, Provider: r.ProviderName, Name: r.Name, Simulated: r.Simulated,
		InputPrice: money.Micro(r.InputPrice), OutputPrice: money.Micro(r.OutputPrice)}
	return Target{Provider: r.ProviderID, Kind: r.Kind, Endpoint: Endpoint{BaseURL: r.BaseUrl},
		Concurrency: int(r.Concurrency), Model: m}, r.SealedKey, nil
}

func endpoints(ctx context.Context, tx pgx.Tx) ([]Target, [][]byte, error) {
	rows, err := db.New(tx).AllEndpoints(ctx)
	if err != nil {
		return nil, nil, err
	}
	list, sealed := make([]Target, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		list[i] = Target{Provider: r.ID, Kind: r.Kind, Endpoint: Endpoint{BaseURL: r.BaseUrl}, Concurrency: int(r.Concurrency), Model: Model{Provider: r.Name}}
		sealed[i] = r.SealedKey
	}
	return list, sealed, nil
}
