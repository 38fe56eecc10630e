package pg

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/fault"
)

// Period is the span of time that one partition of a series holds.
type Period string

// The periods that a series can be cut into. All begin at midnight UTC.
const (
	Day   Period = "1 day"
	Week  Period = "1 week" // begins on Monday
	Month Period = "1 month"
)

// Start returns the beginning of the period that holds t.
func (p Period) Start(t time.Time) time.Time {
	year, month, day := t.UTC().Date()
	switch p {
	case Week:
		day -= (int(t.UTC().Weekday()) + 6) % 7
	case Month:
		day = 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Next returns the beginning of the period n periods after the one that begins at start.
func (p Period) Next(start time.Time, n int) time.Time {
	switch p {
	case Week:
		return start.AddDate(0, 0, 7*n)
	case Month:
		return start.AddDate(0, n, 0)
	}
	return start.AddDate(0, 0, n)
}

// Keep is how long the rows of a series are kept; the zero Keep is forever.
type Keep struct {
	Months, Days int
}

// Until returns the moment before which rows are dropped at now. The second
// result is false when nothing ever is.
func (k Keep) Until(now time.Time) (time.Time, bool) {
	return now.UTC().AddDate(0, -k.Months, -k.Days), k != Keep{}
}

// Series is a table that is cut by time, as a migration marks it on the line that
// closes its CREATE TABLE:
//
//	) PARTITION BY RANGE (created_at); -- series: every=1 day keep=30 days
type Series struct {
	Table  string
	Column string
	Every  Period
	Keep   Keep
}

// partition returns the name of the partition that begins at start.
func (s Series) partition(start time.Time) string {
	if s.Every == Month {
		return s.Table + start.Format("_200601")
	}
	return s.Table + start.Format("_20060102")
}

// found is a series together with where its migration marks it.
type found struct {
	Series
	file string
	line int // counted from 0
}

// SeriesIn lists the series that the migrations in fsys mark, in their order. A
// mark that cannot be read is a fault that names the file and the line.
func SeriesIn(fsys fs.FS) ([]Series, error) {
	marks, err := marksIn(fsys)
	if err != nil {
		return nil, err
	}
	list := make([]Series, len(marks))
	for i, mark := range marks {
		list[i] = mark.Series
	}
	return list, nil
}

func marksIn(fsys fs.FS) ([]found, error) {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var marks []found
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		more, err := marksOf(name, string(text))
		if err != nil {
			return nil, err
		}
		marks = append(marks, more...)
	}
	return marks, nil
}

// marksOf finds the marks in the text of one migration.
func marksOf(name, text string) ([]found, error) {
	var (
		create = regexp.MustCompile(`(?i)^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?([^\s(]+)`)
		plain  = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
		mark   = regexp.MustCompile(`(?i)^\s*\)\s*partition\s+by\s+range\s*\(\s*([a-z_][a-z0-9_]*)\s*\)\s*;\s*--\s*series:\s*every=(1 day|1 week|1 month)\s+keep=(forever|\d+ \w+)\s*$`)
		near   = regexp.MustCompile(`--\s*series:`)
	)
	var marks []found
	var table string
	for i, line := range strings.Split(text, "\n") {
		if match := create.FindStringSubmatch(line); match != nil {
			table = strings.ToLower(match[1])
		}
		if !near.MatchString(line) {
			continue
		}
		match := mark.FindStringSubmatch(line)
		if match == nil || !plain.MatchString(table) {
			return nil, badMark(name, i)
		}
		keep, ok := parseKeep(match[3])
		if !ok {
			return nil, badMark(name, i)
		}
		marks = append(marks, found{Series{table, strings.ToLower(match[1]), Period(match[2]), keep}, name, i})
	}
	return marks, nil
}

func badMark(name string, line int) error {
	return fault.New(fault.Internal, "%s:%d: a series is marked as "+
		"\") PARTITION BY RANGE (column); -- series: every=1 day|1 week|1 month keep=forever|N days|N months\", "+
		"on the line that closes a CREATE TABLE", name, line+1)
}

// parseKeep reads "forever", "30 days", "13 months" and the like.
func parseKeep(text string) (Keep, bool) {
	if text == "forever" {
		return Keep{}, true
	}
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return Keep{}, false
	}
	switch strings.TrimSuffix(unit, "s") {
	case "day":
		return Keep{Days: n}, true
	case "week":
		return Keep{Days: 7 * n}, true
	case "month":
		return Keep{Months: n}, true
	case "year":
		return Keep{Months: 12 * n}, true
	}
	return Keep{}, false
}
