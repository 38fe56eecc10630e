package pg

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Catalogue tells what a server offers.
type Catalogue interface {
	// HasTimescale reports whether tables can be made hypertables.
	HasTimescale(ctx context.Context) (bool, error)
}

// serverCatalogue asks the server itself.
type serverCatalogue struct{ conn *pgx.Conn }

// HasTimescale reports whether the extension is installed, or can be: its files
// are there and its library has been loaded at the start of the server, which
// shows in a setting that some users may not read, and in its own settings.
func (c serverCatalogue) HasTimescale(ctx context.Context) (bool, error) {
	var has bool
	err := c.conn.QueryRow(ctx, `select exists (select from pg_extension where extname = 'timescaledb')
		or exists (select from pg_available_extensions where name = 'timescaledb')
		and exists (select from pg_settings where name like 'timescaledb.%'
			or name = 'shared_preload_libraries' and setting ~ '\mtimescaledb\M')`).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for TimescaleDB: %w", err)
	}
	return has, nil
}

// hyperFS returns fsys with every marked table made a hypertable instead of a
// partitioned one.
func hyperFS(fsys fs.FS, marks []found) (fs.FS, error) {
	texts := map[string]string{}
	byFile := map[string][]found{}
	for _, mark := range marks {
		byFile[mark.file] = append(byFile[mark.file], mark)
	}
	for name, marks := range byFile {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		lines := strings.Split(string(raw), "\n")
		for _, mark := range marks {
			lines[mark.line] = ");\n" + hypertable(mark.Series)
		}
		texts[name] = strings.Join(lines, "\n")
	}
	return overlay{fsys, texts}, nil
}

// hypertable returns the statement that makes a table a hypertable.
func hypertable(s Series) string {
	return fmt.Sprintf("SELECT create_hypertable('%s', by_range('%s', INTERVAL '%s'));", s.Table, s.Column, s.Every)
}

// overlay is a file system some of whose files have another text.
type overlay struct {
	fs.FS
	texts map[string]string
}

// Open opens the named file, with its other text if it has one.
func (o overlay) Open(name string) (fs.File, error) {
	file, err := o.FS.Open(name)
	text, ok := o.texts[name]
	if err != nil || !ok {
		return file, err
	}
	return &overlaid{file, int64(len(text)), strings.NewReader(text)}, nil
}

// overlaid is an open file with another text.
type overlaid struct {
	fs.File
	size int64
	text *strings.Reader
}

// Read reads from the other text.
func (f *overlaid) Read(p []byte) (int, error) { return f.text.Read(p) }

// Stat describes the file, with the size of the other text.
func (f *overlaid) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return resized{info, f.size}, err
}

type resized struct {
	fs.FileInfo
	size int64
}

// Size returns the size of the other text.
func (r resized) Size() int64 { return r.size }
