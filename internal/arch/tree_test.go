package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/assay-bench/assay"

// rule returns what is wrong in a tree, each as "file:line: sentence".
type rule func(tree fs.FS) ([]string, error)

// planted is a small tree with one fault, or with none if want is empty. In its
// files @ stands for the module's path.
type planted struct {
	name  string
	files files
	want  string // part of the only complaint
}

type files map[string]string

// check runs a rule on the real tree and on the planted ones.
func check(t *testing.T, r rule, plants []planted) {
	t.Helper()
	t.Run("the real tree", func(t *testing.T) {
		t.Parallel()
		got, err := r(os.DirFS("../.."))
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range got {
			t.Error(complaint)
		}
	})
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got, err := r(p.files.tree())
			switch {
			case err != nil:
				t.Error(err)
			case p.want == "" && len(got) > 0:
				t.Errorf("got %q, want no complaint", got)
			case p.want != "" && (len(got) != 1 || !strings.Contains(got[0], p.want)):
				t.Errorf("got %q, want one complaint with %q", got, p.want)
			}
		})
	}
}

func (f files) tree() fs.FS {
	tree := fstest.MapFS{}
	for name, text := range f {
		tree[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "@/", module+"/"))}
	}
	return tree
}

// unread names the folders that hold nothing of ours.
var unread = []string{".git", "node_modules", "dist", "bin", ".assay"}

// walk calls visit with each file of the tree, in order.
func walk(tree fs.FS, visit func(name string) error) error {
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(unread, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		return visit(name)
	})
}

// source is one file of Go.
type source struct {
	path      string
	dir       string
	test      bool
	generated bool
	set       *token.FileSet
	*ast.File
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// sources parses all Go of the tree. With parser.ImportsOnly it stops after the
// imports, which is a hundred times as fast; otherwise what is generated is left out.
func sources(tree fs.FS, mode parser.Mode) ([]source, error) {
	var list []source
	set := token.NewFileSet()
	err := walk(tree, func(name string) error {
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		s := source{path: name, dir: path.Dir(name), set: set,
			test: strings.HasSuffix(name, "_test.go"), generated: generated.Match(text)}
		if s.generated && mode&parser.ImportsOnly == 0 {
			return nil
		}
		if s.File, err = parser.ParseFile(set, name, text, mode|parser.SkipObjectResolution); err != nil {
			return err
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// complain says what is wrong at a place in the file.
func (s source) complain(at ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.set.Position(at.Pos()).Line, fmt.Sprintf(format, args...))
}

// imported is one import of a file; the path of a package of ours is that of its
// folder, and own is true.
type imported struct {
	*ast.ImportSpec
	path string
	own  bool
}

func (s source) imports() []imported {
	list := make([]imported, len(s.Imports))
	for i, spec := range s.Imports {
		p, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		inner, own := strings.CutPrefix(p, module+"/")
		list[i] = imported{ImportSpec: spec, path: inner, own: own}
	}
	return list
}

// calls reports whether n calls one of the functions of the package that the file
// imports by its last name, such as "time" and "Sleep".
func calls(n ast.Node, pkg string, functions ...string) (*ast.CallExpr, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	fn := call.Fun
	if generic, ok := fn.(*ast.IndexExpr); ok {
		fn = generic.X
	}
	sel, ok := fn.(*ast.SelectorExpr)
	if !ok || !slices.Contains(functions, sel.Sel.Name) {
		return nil, false
	}
	x, ok := sel.X.(*ast.Ident)
	return call, ok && x.Name == pkg
}
