package arch

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// room is a package with its place in the house. It may import what stands
// further in, and the mates of its own ring that it names.
type room struct {
	path  string
	ring  int
	mates []string
}

// The rings, from the inside out.
const (
	words = iota
	machinery
	tenancy
	supply
	flow
	evaluation
	insight
	surfaces
	web
	knots // internal/app, which knows everything
	doors // what nobody imports
)

// house lists every package there is.
var house = []room{
	{"internal/fault", words, nil},
	{"internal/id", words, nil},
	{"internal/money", words, nil},
	{"internal/stat", words, nil},
	{"migrations", words, nil},
	{"static", words, nil},

	{"internal/pg", machinery, nil},
	{"internal/pg/embedded", machinery, nil},
	{"internal/pg/pgtest", machinery, []string{"internal/pg", "internal/pg/embedded"}},
	{"internal/event", machinery, []string{"internal/pg"}},
	{"internal/queue", machinery, []string{"internal/pg"}},
	{"internal/secret", machinery, nil},

	{"internal/access", tenancy, nil},
	{"internal/org", tenancy, []string{"internal/access"}},
	{"internal/signin", tenancy, []string{"internal/access", "internal/org"}},

	{"internal/provider", supply, nil},
	{"internal/provider/openai", supply, []string{"internal/provider"}},
	{"internal/provider/simulated", supply, []string{"internal/provider", "internal/provider/openai"}},
	{"internal/provider/providertest", supply, []string{"internal/provider"}},
	{"internal/problem", supply, []string{"internal/problem/humaneval"}},
	{"internal/problem/humaneval", supply, nil},
	{"internal/problem/starter", supply, []string{"internal/problem/humaneval"}},
	{"internal/sandbox", supply, nil},

	{"internal/gateway", flow, nil},

	{"internal/score", evaluation, []string{"internal/score/extract"}},
	{"internal/score/extract", evaluation, nil},
	{"internal/bench", evaluation, []string{"internal/score", "internal/score/extract"}},

	{"internal/board", insight, nil},

	{"internal/live", surfaces, nil},
	{"internal/rest/health", surfaces, nil},

	{"web/asset", web, nil},
	{"web/ui", web, nil},
	{"web/shell", web, []string{"web/asset", "web/ui"}},
	{"web/attempts", web, frame},
	{"web/gallery", web, frame},
	{"web/leaderboard", web, frame},
	{"web/methodology", web, frame},
	{"web/models", web, frame},
	{"web/problems", web, frame},
	{"web/providers", web, frame},
	{"web/runs", web, frame},
	{"web/search", web, frame},
	{"web/signin", web, frame},
	{"web/start", web, frame},
	{"web", web, frame},

	{"internal/app", knots, nil},

	{"cmd/assay", doors, nil},
	{"web/asset/cmd/build", doors, nil},
	{"internal", doors, nil},
	{"internal/arch", doors, nil},
}

// frame is what every page stands in.
var frame = []string{"web/asset", "web/shell", "web/ui"}

// aids help tests, which may import them from any room.
var aids = []string{"internal/pg/pgtest", "internal/provider/providertest"}

// store is where the generated code of a domain lies.
var store = regexp.MustCompile(`^(internal/\w+)/internal/db$`)

// roomOf finds a package; generated code belongs to its domain's room.
func roomOf(dir string) (room, bool) {
	if m := store.FindStringSubmatch(dir); m != nil {
		dir = m[1]
	}
	i := slices.IndexFunc(house, func(r room) bool { return r.path == dir })
	if i < 0 {
		return room{}, false
	}
	return house[i], true
}

// within reports whether dir is one of the places or lies below one.
func within(dir string, places ...string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") })
}

// adapter reports whether dir speaks to one vendor.
func adapter(dir string) bool {
	return strings.HasPrefix(dir, "internal/provider/") && !within(dir, "internal/provider/internal") && !slices.Contains(aids, dir)
}

// page reports whether dir serves the addresses of one segment.
func page(dir string) bool {
	return path.Dir(dir) == "web" && !slices.Contains(frame, dir)
}

func TestNoRoomIsEmpty(t *testing.T) {
	t.Parallel()
	check(t, emptyRooms, nil)
}

func emptyRooms(tree fs.FS) ([]string, error) {
	var complaints []string
	for _, r := range house {
		found, err := fs.Glob(tree, path.Join(r.path, "*.go"))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			complaints = append(complaints, fmt.Sprintf("%s: listed in the house, but there is no Go in it", r.path))
		}
	}
	return complaints, nil
}

func TestTheMapNamesEveryRoom(t *testing.T) {
	t.Parallel()
	check(t, unnamedRooms, nil)
}

// unnamedRooms looks for the rooms in what "go doc ./internal" prints.
func unnamedRooms(tree fs.FS) ([]string, error) {
	text, err := fs.ReadFile(tree, "internal/doc.go")
	if err != nil {
		return nil, err
	}
	var complaints []string
	for _, r := range house {
		name := regexp.MustCompile(`\b` + path.Base(r.path) + `\b`)
		if !name.Match(text) {
			complaints = append(complaints, fmt.Sprintf("internal/doc.go: the map does not show %s", r.path))
		}
	}
	return complaints, nil
}
