package problems

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/problem"
	"github.com/assay-bench/assay/internal/problem/humaneval"
	"github.com/assay-bench/assay/web/ui"
)

const (
	// maxUpload bounds an import as it is sent, that is gzipped where it is.
	maxUpload = 64 << 20
	// inMemory is how much of it is kept there; the rest waits in a file.
	inMemory = 4 << 20
	// drained bounds what is read of an import over maxUpload, for a browser shows
	// no answer before it has sent all.
	drained = 4 * maxUpload
)

// load answers POST /problems/import: 303 to the suite, or 422 with the form and
// all that is wrong with the file.
func (h *Handlers) load(w http.ResponseWriter, r *http.Request) error {
	if _, err := access.Require(r.Context(), access.ManageBank); err != nil {
		return err // before a stranger's file is read
	}
	sent := r.Body
	r.Body = http.MaxBytesReader(w, sent, maxUpload)
	err := r.ParseMultipartForm(inMemory)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }() // a file that stays is for the system to sweep
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		_, _ = io.CopyN(io.Discard, sent, drained) // its end is what is wanted, or a reader who left
		return h.list(w, r, http.StatusRequestEntityTooLarge, draft{Errors: map[string]string{
			"file": "The file is over 64 MB. Compress it with gzip, or split it."}})
	case err != nil:
		return fault.New(fault.Invalid, "the form could not be read; send it again")
	}
	d := draft{Suite: strings.TrimSpace(r.PostFormValue("suite"))}
	file, _, err := r.FormFile("file")
	if err != nil {
		d.Errors = map[string]string{"file": "Choose a file of JSON lines, plain or gzipped."}
		return h.list(w, r, http.StatusUnprocessableEntity, d)
	}
	defer file.Close()
	report, err := h.bank.Import(r.Context(), d.Suite, file)
	if fault.KindOf(err) == fault.Invalid {
		d.refuse(err)
		return h.list(w, r, http.StatusUnprocessableEntity, d)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, done(report), http.StatusSeeOther)
	return nil
}

// draft is the form of an import, and what was wrong with it.
type draft struct {
	Suite  string
	Errors map[string]string // sentences by field; "" is that of the whole
	Faults []faultRow        // of the file
	More   bool              // there may be more of them
}

// faultRow is one thing that is wrong with a file. Line is empty for the whole.
type faultRow struct{ Line, Text string }

// refuse takes what the bank said to the place in the form that it is about.
func (d *draft) refuse(err error) {
	var faults *humaneval.Faults
	if errors.As(err, &faults) {
		d.More = faults.More
		for _, e := range faults.Entries {
			row := faultRow{Text: e.Text}
			if e.Line > 0 {
				row.Line = ui.Count(e.Line)
			}
			d.Faults = append(d.Faults, row)
		}
		return
	}
	text, field := fault.Sentence(err), ""
	if rest, ok := strings.CutPrefix(text, "suite: "); ok {
		text, field = rest, "suite"
	}
	d.Errors = map[string]string{field: upper(text) + "."}
}

// done is the address that shows what an import did.
func done(report problem.Report) string {
	q := url.Values{}
	for name, n := range map[string]int{"added": report.Added, "changed": report.Changed, "unchanged": report.Unchanged} {
		q.Set(name, strconv.Itoa(n))
	}
	return hrefOfSuite(report.Suite.ID) + "?" + q.Encode()
}

// notice reads such an address; it is empty for any other.
func notice(q url.Values) string {
	var n [3]int
	for i, name := range []string{"added", "changed", "unchanged"} {
		var err error
		if n[i], err = strconv.Atoi(q.Get(name)); err != nil || n[i] < 0 {
			return ""
		}
	}
	if n[0]+n[1] == 0 {
		return "Nothing was imported: all " + count(n[2], "problem") + " were there already, word for word."
	}
	var parts []string
	for i, what := range []string{"added", "changed to a new version", "as before"} {
		if n[i] > 0 {
			parts = append(parts, count(n[i], "problem")+" "+what)
		}
	}
	return "Imported: " + joined(parts) + "."
}
