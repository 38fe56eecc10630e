package extract

import "strings"

func isPython(lang string) bool {
	switch lang {
	case "python", "py", "python3", "py3", "python2", "ipython":
		return true
	}
	return false
}

func isTranscriptName(lang string) bool {
	switch lang {
	case "pycon", "python-repl", "python-console", "pytb", "doctest":
		return true
	}
	return false
}

// foreignNames are the fence names of programming languages other than Python.
var foreignNames = map[string]string{
	"javascript": "JavaScript", "js": "JavaScript", "jsx": "JavaScript", "mjs": "JavaScript", "node": "JavaScript",
	"typescript": "TypeScript", "ts": "TypeScript", "tsx": "TypeScript", "java": "Java", "kotlin": "Kotlin", "kt": "Kotlin",
	"c": "C", "h": "C", "cpp": "C++", "c++": "C++", "cc": "C++", "hpp": "C++", "cxx": "C++", "csharp": "C#", "c#": "C#", "cs": "C#",
	"go": "Go", "golang": "Go", "rust": "Rust", "rs": "Rust", "ruby": "Ruby", "rb": "Ruby", "php": "PHP", "swift": "Swift",
	"scala": "Scala", "groovy": "Groovy", "perl": "Perl", "pl": "Perl", "lua": "Lua", "r": "R", "julia": "Julia", "jl": "Julia",
	"haskell": "Haskell", "hs": "Haskell", "elixir": "Elixir", "dart": "Dart", "ocaml": "OCaml", "fsharp": "F#", "clojure": "Clojure",
}

// definesAlike tells whether a language writes "def name(" as Python does.
func definesAlike(lang string) bool {
	switch foreignNames[lang] {
	case "Ruby", "Scala", "Groovy", "Elixir":
		return true
	}
	return false
}

// sign is how a line of a foreign language looks: it begins with front, holds
// within, and ends with one of the bytes of ends, where these are given.
type sign struct{ lang, front, within, ends string }

var signs = []sign{
	{"JavaScript", "function ", "(", "{"}, {"JavaScript", "async function ", "(", "{"}, {"JavaScript", "export ", "", "{;"},
	{"JavaScript", "const ", "=", "{;(>["}, {"JavaScript", "let ", "=", "{;(>["}, {"JavaScript", "var ", "=", "{;(>["},
	{"JavaScript", "console.log(", "", ""}, {"JavaScript", "module.exports", "=", ""},
	{"Java", "public class ", "", ""}, {"Java", "public static ", "", "{"}, {"Java", "import java.", "", ";"}, {"Java", "System.out.", "", ";"},
	{"Java", "public ", "(", "{"}, {"C#", "using System", "", ";"}, {"C#", "namespace ", "", "{;"},
	{"C or C++", "#include", "", ">\""}, {"C or C++", "using namespace ", "", ";"}, {"C or C++", "int main(", "", ""},
	{"C or C++", "std::", "", ""}, {"C or C++", "int ", "(", "{"}, {"C or C++", "void ", "(", "{"}, {"C or C++", "bool ", "(", "{"},
	{"C or C++", "int ", "=", ";"}, {"C or C++", "vector<", "", ""}, {"C or C++", "double ", "(", "{"},
	{"Go", "package ", "", ""}, {"Go", "func ", "(", "{}"}, {"Go", "fmt.Print", "(", ")"},
	{"Rust", "fn ", "(", "{"}, {"Rust", "pub fn ", "(", "{"}, {"Rust", "use std::", "", ";"}, {"Rust", "let mut ", "=", ";"}, {"Rust", "impl ", "", "{"},
	{"PHP", "<?php", "", ""}, {"Perl", "my $", "=", ";"}, {"a language with braces", "class ", "", "{"},
}

// enoughToTell is how much of a text is searched for signs of its language.
const enoughToTell = 100_000

// foreign returns the language that a text is written in where its beginning
// shows the signs of one that is not Python, and "" otherwise.
func foreign(text string) string {
	text = text[:min(len(text), enoughToTell)]
	rubyDef := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		for _, s := range signs {
			if s.matches(line) {
				return s.lang
			}
		}
		if line == "end" && rubyDef {
			return "Ruby"
		}
		rubyDef = rubyDef || strings.HasPrefix(line, "def ") && !strings.Contains(line, ":")
	}
	return ""
}

func (s sign) matches(line string) bool {
	if !strings.HasPrefix(line, s.front) || !strings.Contains(line[len(s.front)-1:], s.within) {
		return false
	}
	if s.front == "package " {
		return identifierLength(line[len(s.front):]) == len(line)-len(s.front)
	}
	return s.ends == "" || strings.IndexByte(s.ends, line[len(line)-1]) >= 0
}

func hasAnyPrefix(line string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

// isTranscript tells whether a text is a session of the interactive interpreter.
func isTranscript(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), ">>>")
}

// isDiff tells whether a text is a unified diff.
func isDiff(text string) bool {
	before := ""
	for line := range strings.Lines(text) {
		if fenceMark(line) != "" {
			return false
		}
		if strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "@@ -") ||
			strings.HasPrefix(line, "+++ ") && strings.HasPrefix(before, "--- ") {
			return true
		}
		before = line
	}
	return false
}

// fromDiff takes the program from a diff that adds a file; any other needs the
// file that it changes, which does not exist.
func (t target) fromDiff(text string) Result {
	var added strings.Builder
	// Models leave out the hunk's head; then everything but the file's head counts.
	inHunk, adds := !strings.Contains("\n"+text, "\n@@ -"), true
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "@@ -"):
			inHunk = true
		case strings.HasPrefix(line, "diff --git "):
			inHunk = false
		case !inHunk, blank(line), hasAnyPrefix(line, "\\", "--- /dev/null", "+++ b/", "index ", "new file "):
		case line[0] == '+':
			added.WriteString(line[1:])
		default:
			adds = false
		}
	}
	if code := dedent(added.String()); adds && t.defines(code) {
		return t.program(code, NewFileDiff)
	}
	return Result{Rule: PatchOnly, Note: "the answer is a diff against a file that does not exist; want the whole function"}
}
