package access

import (
	"testing"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

func TestOnlyARoleWithThePermissionPasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		role string
		need Permission
		want fault.Kind
	}{
		{"an owner runs benchmarks", "owner", RunBenchmarks, ""},
		{"a viewer looks", "viewer", ViewOrg, ""},
		{"a viewer runs nothing", "viewer", RunBenchmarks, fault.Forbidden},
		{"an unknown role does nothing", "root", ViewOrg, fault.Forbidden},
	} {
		ctx := With(t.Context(), Actor{Role: c.role, Org: id.New()})
		_, err := Require(ctx, c.need)
		if got := fault.KindOf(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	_, err := Require(t.Context(), ViewOrg)
	if got := fault.KindOf(err); got != fault.Unsigned {
		t.Errorf("a visitor: got %q, want %q", got, fault.Unsigned)
	}
	if OrgOf(t.Context()) != nil {
		t.Error("a visitor has an org")
	}
}
