package asset

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-bench/assay/internal/fault"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"app.css":"app-1A.css","geist.woff2":"geist-2B.woff2","licences.txt":"licences.txt"}`)},
		"app-1A.css":      {Data: []byte("body{}")},
		"app-1A.css.gz":   {Data: []byte("zipped")},
		"geist-2B.woff2":  {Data: []byte("font")},
		"licences.txt":    {Data: []byte("OFL")},
		"secret-3C.css":   {Data: []byte("not in the manifest")},
		"licences.txt.gz": {Data: []byte("zipped")},
	}
}

func TestWithoutABuildLoadSaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, err := Load(fstest.MapFS{".gitkeep": {}})
	if got := fault.KindOf(err); got != fault.Unavailable {
		t.Errorf("kind: got %q, want %q", got, fault.Unavailable)
	}
	if got := fault.Sentence(err); !strings.Contains(got, "run make build") {
		t.Errorf("the sentence names no remedy: %q", got)
	}
}

func TestAMissingFileOrABrokenManifestIsAnError(t *testing.T) {
	t.Parallel()
	missing := built()
	delete(missing, "app-1A.css")
	broken := built()
	broken["manifest.json"] = &fstest.MapFile{Data: []byte("{")}
	for name, dist := range map[string]fs.FS{"missing": missing, "broken": broken} {
		if _, err := Load(dist); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFilesAreServedUnderTheirBuiltNamesOnly(t *testing.T) {
	t.Parallel()
	a, err := Load(built())
	if err != nil {
		t.Fatal(err)
	}
	const forEver = "public, max-age=31536000, immutable"
	for _, c := range []struct {
		path, accept                  string
		status                        int
		kind, encoding, cache, answer string
	}{
		{a.URL("app.css"), "gzip, br", 200, "text/css; charset=utf-8", "gzip", forEver, "zipped"},
		{a.URL("app.css"), "br, gzip;q=0", 200, "text/css; charset=utf-8", "", forEver, "body{}"},
		{a.URL("app.css"), "", 200, "text/css; charset=utf-8", "", forEver, "body{}"},
		{a.URL("geist.woff2"), "gzip", 200, "font/woff2", "", forEver, "font"},
		{a.URL("licences.txt"), "", 200, "text/plain; charset=utf-8", "", "public, max-age=3600", "OFL"},
		{a.URL("unknown.css"), "", 404, "", "", "", ""},
		{"/static/manifest.json", "", 404, "", "", "", ""},
		{"/static/secret-3C.css", "", 404, "", "", "", ""},
		{"/static/app-1A.css.gz", "", 404, "", "", "", ""},
		{"/static/", "", 404, "", "", "", ""},
		{"/static/../app-1A.css", "", 404, "", "", "", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: got %d, want %d", c.path, w.Code, c.status)
		}
		if c.status != 200 {
			continue
		}
		got := []string{w.Header().Get("Content-Type"), w.Header().Get("Content-Encoding"), w.Header().Get("Cache-Control"), w.Body.String()}
		for i, want := range []string{c.kind, c.encoding, c.cache, c.answer} {
			if got[i] != want {
				t.Errorf("%s with %q: got %q, want %q", c.path, c.accept, got[i], want)
			}
		}
	}
}

func TestWithoutPackagesBuildSaysWhatToDo(t *testing.T) {
	t.Parallel()
	err := Build(t.TempDir(), t.TempDir())
	if got := fault.Sentence(err); !strings.Contains(got, "run npm ci") {
		t.Errorf("the sentence names no remedy: %q", got)
	}
}

// The budgets are those of the design: a public page loads all of it.
func TestTheBuildStaysWithinItsBudgets(t *testing.T) {
	t.Parallel()
	const src = "../../static"
	if _, err := os.Stat(filepath.Join(src, "node_modules", ".fonts")); err != nil {
		t.Skip("the packages of static are not installed: run npm ci there")
	}
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "old.css"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Build(src, out); err != nil {
		t.Fatal(err)
	}
	a, err := Load(os.DirFS(out))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, "old.css")); err == nil {
		t.Error("what an earlier build left is still there")
	}
	sizes := map[string]int{}
	for source, name := range a.names {
		f := a.files[name]
		switch filepath.Ext(name) {
		case ".woff2":
			sizes["fonts"] += len(f.plain)
		default:
			sizes[source] = len(f.gzip)
		}
	}
	for name, budget := range map[string]int{"app.css": 14 << 10, "app.js": 20 << 10, "fonts": 120_000, "mark.svg": 1 << 10} {
		t.Logf("%s: %d of %d bytes", name, sizes[name], budget)
		if sizes[name] == 0 || sizes[name] > budget {
			t.Errorf("%s: got %d bytes, want 1 to %d", name, sizes[name], budget)
		}
	}
}

func TestTheLockFileNamesNoHost(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../static/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Resolved, Integrity string }
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&lock); err != nil {
		t.Fatal(err)
	}
	for name, p := range lock.Packages {
		if p.Resolved != "" {
			t.Errorf("%s is resolved at %s", name, p.Resolved)
		}
		if name != "" && p.Integrity == "" {
			t.Errorf("%s has no checksum", name)
		}
	}
}
