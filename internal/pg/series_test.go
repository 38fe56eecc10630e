package pg

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAMarkDescribesItsSeries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line string
		want Series
	}{
		{") PARTITION BY RANGE (created_at); -- series: every=1 day keep=30 days", Series{"x", "created_at", Day, Keep{Days: 30}}},
		{") partition by range ( at ) ;-- series:  every=1 month   keep=forever", Series{"x", "at", Month, Keep{}}},
		{") PARTITION BY RANGE (at); -- series: every=1 week keep=2 years", Series{"x", "at", Week, Keep{Months: 24}}},
		{") PARTITION BY RANGE (at); -- series: every=1 day keep=1 month\r", Series{"x", "at", Day, Keep{Months: 1}}},
	} {
		got, err := SeriesIn(fstest.MapFS{"1_x.sql": {Data: []byte("create table y (\n);\nCREATE TABLE IF NOT EXISTS x (\n  at timestamptz\n" + test.line + "\n")}})
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
		} else if diff := cmp.Diff([]Series{test.want}, got); diff != "" {
			t.Errorf("%s: %s", test.line, diff)
		}
	}
}

func TestAMarkThatCannotBeReadIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"create table x (\n) partition by range (at); -- series: every=2 days keep=forever",
		"create table x (\n) partition by range (at); -- series: every=1 day",
		"create table x (\n) partition by range (at); -- series: every=1 day keep=0 days",
		"create table x (\n) partition by range (at); -- series: every=1 day keep=3 moons",
		"create table x (\n) partition by range (at, n); -- series: every=1 day keep=forever",
		"create table other.x (\n) partition by range (at); -- series: every=1 day keep=forever",
		"\n) partition by range (at); -- series: every=1 day keep=forever",
	} {
		_, err := SeriesIn(fstest.MapFS{"1_x.sql": {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), "1_x.sql:2: ") {
			t.Errorf("%q: got %v, want a fault about 1_x.sql:2", text, err)
		}
	}
}

func TestPeriodsFollowOneAnother(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600)) // it is 2027 in UTC
	for _, test := range []struct {
		every            Period
		name, next, last string
	}{
		{Day, "x_20270101", "x_20270102", "x_20261231"},
		{Week, "x_20261228", "x_20270104", "x_20261221"},
		{Month, "x_202701", "x_202702", "x_202612"},
	} {
		s := Series{Table: "x", Every: test.every}
		start := s.Every.Start(at)
		for _, pair := range [][2]string{
			{s.partition(start), test.name}, {s.partition(s.Every.Next(start, 1)), test.next}, {s.partition(s.Every.Next(start, -1)), test.last},
		} {
			if pair[0] != pair[1] {
				t.Errorf("every %s: got %s, want %s", test.every, pair[0], pair[1])
			}
		}
		if !s.Every.Start(s.Every.Next(start, 1)).Equal(s.Every.Next(start, 1)) {
			t.Errorf("every %s: the next period does not begin where it starts", test.every)
		}
	}
}

func TestOnAServerWithTimescaleTheMarkedTablesBecomeHypertables(t *testing.T) {
	t.Parallel()
	plain := "-- +goose Up\nCREATE TABLE event (\n  at timestamptz NOT NULL\n) PARTITION BY RANGE (at); -- series: every=1 day keep=30 days\nGRANT SELECT ON event TO assay_app;\n" +
		"CREATE TABLE attempt (\n  created_at timestamptz NOT NULL\n) PARTITION BY RANGE (created_at); -- series: every=1 month keep=forever\n"
	want := "-- +goose Up\nCREATE TABLE event (\n  at timestamptz NOT NULL\n);\nSELECT create_hypertable('event', by_range('at', INTERVAL '1 day'));\nGRANT SELECT ON event TO assay_app;\n" +
		"CREATE TABLE attempt (\n  created_at timestamptz NOT NULL\n);\nSELECT create_hypertable('attempt', by_range('created_at', INTERVAL '1 month'));\n"
	files := fstest.MapFS{"1_x.sql": {Data: []byte(plain)}, "2_y.sql": {Data: []byte("-- +goose Up\nselect 1;\n")}}
	marks, err := marksIn(files)
	if err != nil {
		t.Fatal(err)
	}
	hyper, err := hyperFS(files, marks)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"1_x.sql": want, "2_y.sql": "-- +goose Up\nselect 1;\n"} {
		got, err := fs.ReadFile(hyper, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if info, err := fs.Stat(hyper, name); err != nil || info.Size() != int64(len(want)) {
			t.Errorf("%s: size %d, %v; want %d", name, info.Size(), err, len(want))
		}
	}
}

func TestKeepCountsBackFromNow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	if _, ends := (Keep{}).Until(now); ends {
		t.Error("forever ends")
	}
	if got, _ := (Keep{Days: 30}).Until(now); !got.Equal(now.AddDate(0, 0, -30)) {
		t.Errorf("30 days: got %s", got)
	}
}
