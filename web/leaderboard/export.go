package leaderboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/assay-bench/assay/internal/board"
)

func (h *Handlers) csv(w http.ResponseWriter, r *http.Request) error {
	c, b, err := h.read(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(b, "csv")+`"`)
	send(w, r, b, toCSV(rows(c, b)))
	return nil
}

func (h *Handlers) json(w http.ResponseWriter, r *http.Request) error {
	c, b, err := h.read(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	body, err := toJSON(h.site.BaseURL, c, b)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `inline; filename="`+fileName(b, "json")+`"`)
	send(w, r, b, body)
	return nil
}

// fileName carries the day of the data, not of the download.
func fileName(b board.Board, kind string) string {
	day := "empty"
	if !b.UpdatedAt.IsZero() {
		day = b.UpdatedAt.UTC().Format(time.DateOnly)
	}
	return "assay-leaderboard-" + day + "." + kind
}

// send answers with a body, or says that it has not changed.
func send(w http.ResponseWriter, r *http.Request, b board.Board, body []byte) {
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	w.Header().Set("Cache-Control", "public, no-cache")
	modified := b.UpdatedAt
	if b.Filter.Days > 0 {
		modified = time.Time{} // a day that passes changes it too
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// columnsCSV are the headings; they bear the units and are the names of JSON.
var columnsCSV = []string{"rank", "rank_low", "rank_high", "model", "provider", "simulated",
	"pass_at_1_percent", "pass_at_1_low_percent", "pass_at_1_high_percent", "problems", "attempts", "passed_attempts", "effective_n",
	"cost_usd_per_100_problems", "latency_p50_s", "latency_p95_s", "pareto", "model_id"}

// toCSV writes rows by RFC 4180. Numbers stand as they are, text in quotes.
func toCSV(list []Row) []byte {
	var out bytes.Buffer
	line := func(cells []string) {
		out.WriteString(strings.Join(cells, ","))
		out.WriteString("\r\n")
	}
	line(columnsCSV)
	for _, r := range list {
		line([]string{strconv.Itoa(r.Rank), strconv.Itoa(r.RankLow), strconv.Itoa(r.RankHigh),
			text(r.Model), text(r.Provider), strconv.FormatBool(r.Simulated),
			exact(r.Score), exact(r.Low), exact(r.High), strconv.Itoa(r.Problems), strconv.Itoa(r.Attempts), strconv.Itoa(r.Passed),
			exact(r.Effective), exact(r.PerHundred), exact(r.P50), exact(r.P95), strconv.FormatBool(r.Pareto), r.ID.String()})
	}
	return out.Bytes()
}

func exact(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// text quotes a cell. Spreadsheets execute what begins like a formula, full-width
// signs included, so an apostrophe is put before it.
func text(s string) string {
	if strings.IndexAny(s, "=+-@\t\r＝＋－＠") == 0 {
		s = "'" + s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// document is the board as programs read it.
type document struct {
	URL      string     `json:"url"`
	Set      string     `json:"set"`
	Suite    *string    `json:"suite_id"`
	Language *string    `json:"language"`
	Days     *int       `json:"period_days"`
	Sort     string     `json:"sort"`
	Level    float64    `json:"confidence_level"`
	Updated  *time.Time `json:"updated_at"`
	Runs     int        `json:"runs"`
	Problems int        `json:"problems"`
	Attempts int        `json:"attempts"`
	Rows     []Row      `json:"rows"`
}

func toJSON(base string, c choice, b board.Board) ([]byte, error) {
	d := document{URL: base + c.address("/leaderboard"), Set: realSet, Sort: c.order(), Level: board.Level,
		Runs: b.Runs, Problems: b.Problems, Attempts: b.Attempts, Rows: rows(c, b)}
	if c.filter.Simulated {
		d.Set = simulatedSet
	}
	if q := c.values(); q.Has("suite") {
		suite := q.Get("suite")
		d.Suite = &suite
	}
	if c.filter.Language != "" {
		d.Language = &c.filter.Language
	}
	if c.filter.Days > 0 {
		d.Days = &c.filter.Days
	}
	if !b.UpdatedAt.IsZero() {
		updated := b.UpdatedAt.UTC()
		d.Updated = &updated
	}
	body, err := json.MarshalIndent(d, "", " ")
	return append(body, '\n'), err
}
