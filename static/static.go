// Package static holds the built style sheet, script and fonts of the pages.
//
// The sources lie in css, js and img; "make build" bundles them into dist.
package static

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist returns the built files as they were when the binary was made. It holds
// no manifest if nothing had been built by then.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil { // only for a path that is no path
		return files
	}
	return dist
}
