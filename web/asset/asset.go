// Package asset bundles the style sheet, script and fonts, and serves the result.
package asset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/assay-bench/assay/internal/fault"
)

// Prefix is the path under which Handler is mounted.
const Prefix = "/static/"

const (
	manifestName = "manifest.json"
	zipped       = ".gz"
)

// Assets knows the built files by the names of their sources.
type Assets struct {
	names map[string]string // "app.css" -> "app-5XK2.css"
	files map[string]file   // by built name
}

type file struct {
	kind  string
	plain []byte
	gzip  []byte
}

// Load reads what Build wrote. It gives a fault of kind Unavailable that names
// the remedy when nothing has been built.
func Load(dist fs.FS) (*Assets, error) {
	text, err := fs.ReadFile(dist, manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Unavailable, "the style sheet and scripts are not built: run make build (%w)", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the asset manifest: %w", err)
	}
	a := &Assets{files: map[string]file{}}
	if err := json.Unmarshal(text, &a.names); err != nil {
		return nil, fmt.Errorf("parse the asset manifest: %w", err)
	}
	for _, built := range a.names {
		if a.files[built], err = load(dist, built); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func load(dist fs.FS, built string) (file, error) {
	plain, err := fs.ReadFile(dist, built)
	if err != nil {
		return file{}, fmt.Errorf("read asset %s: %w", built, err)
	}
	f := file{kind: kinds[path.Ext(built)], plain: plain}
	if f.gzip, err = fs.ReadFile(dist, built+zipped); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file{}, fmt.Errorf("read asset %s: %w", built+zipped, err)
	}
	return f, nil
}

// URL returns the address of the file built from the named source, such as
// "app.css". A name that was not built gives an address that answers 404.
func (a *Assets) URL(name string) string {
	if built, ok := a.names[name]; ok {
		return Prefix + built
	}
	return Prefix + strings.TrimPrefix(name, "/")
}

var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}
