// Package access says who acts, for which org, and what that person may do.
package access

import (
	"context"
	"slices"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

// Permission is one thing that a member may be allowed to do in an org.
type Permission string

// The permissions.
const (
	RunBenchmarks   Permission = "run_benchmarks"   // start, pause, resume and cancel runs
	ManageBank      Permission = "manage_bank"      // import problems
	ManageProviders Permission = "manage_providers" // connect and remove providers and models
	ViewOrg         Permission = "view_org"         // see what the org has not made public
)

// roles gives each role its permissions.
var roles = map[string][]Permission{
	"owner":  {RunBenchmarks, ManageBank, ManageProviders, ViewOrg},
	"viewer": {ViewOrg},
}

// Actor is the one on whose behalf something is done: a person in an org, or
// Assay itself.
type Actor struct {
	Account id.ID
	Name    string
	Org     id.ID
	OrgName string
	Role    string
}

// Can reports whether the actor's role holds the permission.
func (a Actor) Can(p Permission) bool { return slices.Contains(roles[a.Role], p) }

type key struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, key{}, a)
}

// From returns who acts in ctx; false when nobody is signed in.
func From(ctx context.Context) (Actor, bool) {
	a, ok := ctx.Value(key{}).(Actor)
	return a, ok
}

// OrgOf returns the org of the actor in ctx, nil for a visitor. Queries that
// serve visitors and members alike take it as it is.
func OrgOf(ctx context.Context) *id.ID {
	a, ok := From(ctx)
	if !ok {
		return nil
	}
	return &a.Org
}

// Require returns the actor of ctx if they hold the permission; otherwise the
// fault is Unsigned or Forbidden.
func Require(ctx context.Context, p Permission) (Actor, error) {
	a, ok := From(ctx)
	if !ok {
		return Actor{}, fault.New(fault.Unsigned, "nobody is signed in; sign in and try again")
	}
	if !a.Can(p) {
		return Actor{}, fault.New(fault.Forbidden, "your role %q does not include %q; ask an owner of %s", a.Role, p, a.OrgName)
	}
	return a, nil
}
