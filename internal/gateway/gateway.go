// Package gateway makes every call to a model: it finds the provider, keeps to
// its limit of requests at once, and counts tokens, time and cost.
package gateway

import (
	"context"
	"fmt"
	"sync"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/money"
	"github.com/assay-bench/assay/internal/provider"
)

// Targets finds what a call to a model needs.
type Targets interface {
	Target(ctx context.Context, org, model id.ID) (provider.Target, error)
}

// Gateway calls models.
type Gateway struct {
	targets  Targets
	adapters map[string]provider.Adapter
	local    func() (provider.Endpoint, bool)

	mu    sync.Mutex
	slots map[id.ID]chan struct{}
}

// New returns a gateway that speaks to each kind of provider through its
// adapter. local gives the endpoint of the simulated models while they run.
func New(targets Targets, adapters map[string]provider.Adapter, local func() (provider.Endpoint, bool)) *Gateway {
	return &Gateway{targets: targets, adapters: adapters, local: local, slots: map[id.ID]chan struct{}{}}
}

// Answer is what a model said and what that cost.
type Answer struct {
	provider.Response
	Cost money.Micro
}

// Complete sends req to org's model and waits for the whole answer. Failures of
// the provider are *provider.Error, which says whether to try again; the Answer
// beside one holds what had been received. Its callers have checked who asks.
func (g *Gateway) Complete(ctx context.Context, org, model id.ID, req provider.Request) (Answer, error) {
	target, err := g.targets.Target(ctx, org, model)
	if err != nil {
		return Answer{}, err
	}
	adapter, to, err := g.route(target)
	if err != nil {
		return Answer{}, err
	}
	leave, err := g.enter(ctx, target)
	if err != nil {
		return Answer{}, err
	}
	defer leave()
	req.Model = target.Model.Name
	resp, err := adapter.Complete(ctx, to, req, nil)
	cost := money.PerMillion(resp.InputTokens, target.Model.InputPrice) + money.PerMillion(resp.OutputTokens, target.Model.OutputPrice)
	return Answer{Response: resp, Cost: cost}, err
}

// Reach asks a provider for its models, to see whether it answers.
func (g *Gateway) Reach(ctx context.Context, target provider.Target) error {
	adapter, to, err := g.route(target)
	if err != nil {
		return err
	}
	_, err = adapter.Models(ctx, to)
	return err
}

func (g *Gateway) route(target provider.Target) (provider.Adapter, provider.Endpoint, error) {
	adapter, ok := g.adapters[target.Kind]
	if !ok {
		return nil, provider.Endpoint{}, fmt.Errorf("no adapter for providers of kind %q", target.Kind)
	}
	if target.Kind != provider.Simulated {
		return adapter, target.Endpoint, nil
	}
	to, ok := g.local()
	if !ok {
		return nil, provider.Endpoint{}, fault.New(fault.Unavailable, "the simulated models are off here; start Assay with ASSAY_SIMULATED=true")
	}
	return adapter, to, nil
}

// enter waits for a place among the provider's requests at once.
func (g *Gateway) enter(ctx context.Context, target provider.Target) (leave func(), err error) {
	g.mu.Lock()
	slots, ok := g.slots[target.Provider]
	if !ok || cap(slots) != target.Concurrency {
		slots = make(chan struct{}, target.Concurrency)
		g.slots[target.Provider] = slots
	}
	g.mu.Unlock()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
