package leaderboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/board"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
)

// choice is what a visitor has chosen to see, with what there is to choose from.
type choice struct {
	filter  board.Filter
	sort    string // one of columns
	desc    bool
	offered []board.Facet
}

// Words of the address.
const (
	realSet      = "real"
	simulatedSet = "simulated"
)

var (
	keys    = []string{"set", "suite", "language", "period", "sort"}
	periods = []int{0, 90, 30, 7}
	columns = []string{"rank", "model", "score", "cost", "p50", "p95"}
)

// parse reads a query. What it does not say is: the real models if any has
// results, every suite and language, all time, by rank.
func parse(q url.Values, offered []board.Facet) (choice, error) {
	c := choice{offered: offered, sort: columns[0]}
	c.filter.Simulated = c.simulatedFirst()
	for _, read := range []func(url.Values) error{c.readSet, c.readSuite, c.readLanguage, c.readPeriod, c.readSort} {
		if err := read(q); err != nil {
			return choice{}, err
		}
	}
	return c, nil
}

func unknown(what, value string) error {
	if len(value) > 60 {
		value = value[:60] + "…"
	}
	return fault.New(fault.Invalid, "there is no %s %q on the leaderboard", what, strings.ToValidUTF8(value, "?"))
}

func (c *choice) readSet(q url.Values) error {
	switch v := q.Get("set"); v {
	case "":
	case realSet, simulatedSet:
		c.filter.Simulated = v == simulatedSet
	default:
		return unknown("set of models", v)
	}
	return nil
}

func (c *choice) readSuite(q url.Values) error {
	v := q.Get("suite")
	if v == "" {
		return nil
	}
	suite, ok := id.Parse(v)
	if !ok || !slices.ContainsFunc(c.offered, func(f board.Facet) bool { return f.Suite == suite }) {
		return unknown("suite", v)
	}
	c.filter.Suite = suite
	return nil
}

func (c *choice) readLanguage(q url.Values) error {
	v := q.Get("language")
	if v != "" && !slices.ContainsFunc(c.offered, func(f board.Facet) bool { return f.Language == v }) {
		return unknown("language", v)
	}
	c.filter.Language = v
	return nil
}

func (c *choice) readPeriod(q url.Values) error {
	v := q.Get("period")
	for _, days := range periods {
		if v == periodValue(days) {
			c.filter.Days = days
			return nil
		}
	}
	return unknown("period", v)
}

func (c *choice) readSort(q url.Values) error {
	v := q.Get("sort")
	if v == "" {
		return nil
	}
	c.sort, c.desc = strings.CutPrefix(v, "-")
	if !slices.Contains(columns, c.sort) {
		return unknown("column", v)
	}
	return nil
}

// simulatedFirst reports whether nothing but simulated models has results.
func (c choice) simulatedFirst() bool {
	isReal := func(f board.Facet) bool { return !f.Simulated }
	return len(c.offered) > 0 && !slices.ContainsFunc(c.offered, isReal)
}

// has reports whether models of a set have results at all.
func (c choice) has(simulated bool) bool {
	return slices.ContainsFunc(c.offered, func(f board.Facet) bool { return f.Simulated == simulated })
}

// values is the query of this view, without what goes without saying. That
// models are simulated is always said: an address must not change its meaning
// when the first real model has been measured.
func (c choice) values() url.Values {
	q := url.Values{}
	if c.filter.Simulated {
		q.Set("set", simulatedSet)
	} else if c.simulatedFirst() {
		q.Set("set", realSet)
	}
	if c.filter.Suite != id.Nil {
		q.Set("suite", c.filter.Suite.String())
	}
	if c.filter.Language != "" {
		q.Set("language", c.filter.Language)
	}
	if c.filter.Days > 0 {
		q.Set("period", periodValue(c.filter.Days))
	}
	if c.sort != columns[0] || c.desc {
		q.Set("sort", c.order())
	}
	return q
}

func (c choice) order() string {
	if c.desc {
		return "-" + c.sort
	}
	return c.sort
}

// address returns the address of this view under a path.
func (c choice) address(path string) string {
	if q := c.values().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// superfluous reports whether a query says what goes without saying, as a form
// does that is sent without a script.
func (c choice) superfluous(q url.Values) bool {
	want := c.values()
	return slices.ContainsFunc(keys, func(key string) bool { return q.Has(key) && !want.Has(key) })
}

func periodValue(days int) string {
	if days == 0 {
		return ""
	}
	return strconv.Itoa(days)
}
