package asset

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/evanw/esbuild/pkg/api"
)

var sources = []string{"css/app.css", "js/app.js", "img/mark.svg"}

// Build bundles the sources of srcDir into outDir: one style sheet, one script,
// the fonts and the mark, under names that carry a hash, with a manifest and
// the licences of what was bundled. What an earlier build left is removed. It
// gives a fault of kind Unavailable when the packages are not installed.
func Build(srcDir, outDir string) error {
	if _, err := os.Stat(filepath.Join(srcDir, "node_modules", ".fonts")); err != nil {
		return fault.New(fault.Unavailable, "the packages of %s are not installed: run npm ci there (%w)", srcDir, err)
	}
	src, err := filepath.Abs(srcDir)
	if err != nil {
		return fmt.Errorf("find %s: %w", srcDir, err)
	}
	result := api.Build(options(src))
	if len(result.Errors) > 0 {
		lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return fault.New(fault.Invalid, "bundle %s: %s", srcDir, strings.Join(lines, "\n"))
	}
	names, err := manifest(result.Metafile)
	if err != nil {
		return err
	}
	if err := clean(outDir); err != nil {
		return err
	}
	return write(src, outDir, names, result.OutputFiles)
}

func options(src string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     src,
		EntryPoints:       sources,
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Target:            api.ESNext,
		Format:            api.FormatIIFE,
		LegalComments:     api.LegalCommentsNone,
		Outdir:            "out",
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Metafile:          true,
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderCopy},
	}
}

// manifest maps the base name of each source to the name of what was built.
func manifest(metafile string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			Entry  string              `json:"entryPoint"`
			Inputs map[string]struct{} `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("parse the bundler's report: %w", err)
	}
	names := map[string]string{}
	for built, out := range meta.Outputs {
		if out.Entry == "" && len(out.Inputs) == 1 {
			for input := range out.Inputs {
				out.Entry = input
			}
		}
		names[path.Base(out.Entry)] = path.Base(built)
	}
	return names, nil
}

func clean(dir string) error {
	old, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	for _, entry := range old {
		if entry.Name() == ".gitkeep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("clear %s: %w", dir, err)
		}
	}
	return os.MkdirAll(dir, 0o755)
}

func write(src, dir string, names map[string]string, outputs []api.OutputFile) error {
	for _, out := range outputs {
		if err := writeFile(filepath.Join(dir, filepath.Base(out.Path)), out.Contents); err != nil {
			return err
		}
	}
	licences, err := licences(src)
	if err != nil {
		return err
	}
	names["licences.txt"] = "licences.txt"
	if err := writeFile(filepath.Join(dir, "licences.txt"), licences); err != nil {
		return err
	}
	text, err := json.MarshalIndent(names, "", "  ")
	if err != nil {
		return fmt.Errorf("write the asset manifest: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, manifestName), text, 0o644)
}

// writeFile writes a file and, where it pays, its gzipped twin.
func writeFile(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return fmt.Errorf("write asset: %w", err)
	}
	if filepath.Ext(name) == ".woff2" {
		return nil
	}
	var small bytes.Buffer
	zip, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if _, err := zip.Write(content); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	return os.WriteFile(name+zipped, small.Bytes(), 0o644)
}

// licences joins the licence texts of the bundled packages.
func licences(src string) ([]byte, error) {
	var all bytes.Buffer
	for _, name := range []string{"htmx.org", "@fontsource-variable/geist", "@fontsource-variable/geist-mono", "@fontsource-variable/newsreader"} {
		text, err := os.ReadFile(filepath.Join(src, "node_modules", name, "LICENSE"))
		if err != nil {
			return nil, fmt.Errorf("read the licence of %s: %w", name, err)
		}
		fmt.Fprintf(&all, "%s\n\n%s\n\n", name, text)
	}
	return all.Bytes(), nil
}
