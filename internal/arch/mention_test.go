package arch

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"testing"
)

func TestNoFileNamesAMachine(t *testing.T) {
	t.Parallel()
	check(t, noFileNamesAMachine, []planted{
		{"other paths", files{"README.md": "homework/x, /api/" + "work/x, https://x.example/" + "work/ and /rooted"}, ""},
		{"a picture", files{"a.png": "\x89PNG\x00 /" + "root/x"}, ""},
		{"what was built", files{"bin/assay": "/" + "root/x", "static/node_modules/x": "/" + "work/x"}, ""},
		{"a builder's folder", files{"README.md": "first\ncd /" + "work/main"}, "README.md:2: names a place on one machine"},
		{"a home", files{"Makefile": "\tcp x=/" + "root/.cache/x"}, "Makefile:1: names"},
		{"a registry", files{"package-lock.json": `"resolved": "https://registry.` + `npmjs.org/x"`}, "package-lock.json:1: names"},
	})
}

// place matches folders of one machine, and hosts that anybody may replace by a
// mirror. It is written so that it does not match itself.
var place = regexp.MustCompile(`(^|[^\w.\-/})])/(wor[k]|roo[t])/|prox[y]\.golang\.org|registry\.npm[j]s\.org|de[b]\.debian\.org`)

func noFileNamesAMachine(tree fs.FS) ([]string, error) {
	var complaints []string
	err := walk(tree, func(name string) error {
		text, err := fs.ReadFile(tree, name)
		if err != nil || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			return err
		}
		n := 0
		for line := range bytes.Lines(text) {
			n++
			if m := place.Find(line); m != nil {
				complaints = append(complaints, fmt.Sprintf("%s:%d: names a place on one machine: %s", name, n, bytes.TrimSpace(m)))
			}
		}
		return nil
	})
	return complaints, err
}
