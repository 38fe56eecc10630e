package humaneval

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/assay-bench/assay/internal/fault"
)

// good returns a line without its end that Read takes.
func good(name string) string {
	return fmt.Sprintf(`{"task_id": %q, "prompt": "def twice(n):\n    \"\"\"Double n.\"\"\"\n", `+
		`"canonical_solution": "    return n + n\n", "test": "def check(candidate):\n    assert candidate(2) == 4\n", `+
		`"entry_point": "twice"}`, name)
}

// with returns a good line with one of its pieces replaced.
func with(old, new string) string {
	out := strings.Replace(good("T/1"), old, new, 1)
	if out == good("T/1") {
		panic("nothing replaced: " + old)
	}
	return out
}

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

func TestAGoodSetIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	a, b := good("T/1"), good("T/2")
	for name, text := range map[string]string{
		"plain":           a + "\n" + b + "\n",
		"no last newline": a + "\n" + b,
		"CRLF":            a + "\r\n" + b + "\r\n",
		"UTF-8 mark":      "\xef\xbb\xbf" + a + "\n" + b,
		"blank lines":     a + "\n" + b + "\n\n  \n",
		"gzip":            zipped(a + "\n" + b),
		"two gzip parts":  zipped(a+"\n") + zipped(b),
		"gzip and mark":   zipped("\xef\xbb\xbf" + a + "\n" + b),
		"more fields":     strings.Replace(a, "{", `{"level": 3, "tags": [{}], `, 1) + "\n" + b,
	} {
		got, err := Read(iotest.OneByteReader(strings.NewReader(text)), Limits{})
		if err != nil || len(got) != 2 {
			t.Errorf("%s: got %d problems, %v", name, len(got), err)
			continue
		}
		want := Problem{
			TaskID: "T/2", Prompt: "def twice(n):\n    \"\"\"Double n.\"\"\"\n", Solution: "    return n + n\n",
			Test: "def check(candidate):\n    assert candidate(2) == 4\n", EntryPoint: "twice", Line: 2,
		}
		if got[1] != want {
			t.Errorf("%s: got %+v, want %+v", name, got[1], want)
		}
	}
}

func TestEveryFaultIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	first := good("T/0") + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"broken JSON", first + with(`, "test"`, ` "test"`), `line 2: broken JSON at column 119: invalid character '"' after object key:value pair`},
		{"half a line", first + good("T/1")[:40], "line 2: broken JSON at column 40: unexpected end of JSON input"},
		{"column in characters", first + `{"é": x}`, "line 2: broken JSON at column 7: invalid character 'x' looking for beginning of value"},
		{"two objects", first + good("T/1") + good("T/2"), "line 2: broken JSON at column 208: invalid character '{' after top-level value"},
		{"number for text", first + with(`"twice"`, `7`), `line 2: field "entry_point" is a number, want a string`},
		{"null for text", first + with(`"T/1"`, `null`), `line 2: field "task_id" is null, want a string`},
		{"array for text", first + with(`"T/1"`, `["T"]`), `line 2: field "task_id" is an array, want a string`},
		{"object for text", first + with(`"T/1"`, `{}`), `line 2: field "task_id" is an object, want a string`},
		{"boolean for text", first + with(`"T/1"`, `true`), `line 2: field "task_id" is a boolean, want a string`},
		{"not an object", first + `[1]`, "line 2: is an array, want one JSON object a line"},
		{"missing", first + with(`"test"`, `"tests"`), `line 2: field "test" is missing; want a string`},
		{"key twice", first + with(`{`, `{"prompt": "x", `), `line 2: field "prompt" stands twice; each may stand once`},
		{"unknown key twice", first + with(`{`, `{"a": 1, "a": 2, `), `line 2: field "a" stands twice; each may stand once`},
		{"id twice", first + "\n" + good("T/0"), `line 3: task_id "T/0" is taken by line 1; each may stand once`},
		{"empty", first + with(`"twice"`, `""`), `line 2: field "entry_point" is empty; want the name of the function`},
		{"white", first + with(`"    return n + n\n"`, `" \n"`), `line 2: field "canonical_solution" is empty; want the body of the function`},
		{"no identifier", first + with(`"twice"`, `"tw ice"`), `line 2: entry_point "tw ice" is no Python identifier; want the name of the function`},
		{"keyword", first + with(`"twice"`, `"class"`), `line 2: entry_point "class" is no Python identifier; want the name of the function`},
		{"not defined", first + with(`"twice"`, `"thrice"`), `line 2: entry_point "thrice" is not defined in the prompt; want a line "def thrice(" in it`},
		{"longer name defined", first + with(`"twice"`, `"twic"`), `line 2: entry_point "twic" is not defined in the prompt; want a line "def twic(" in it`},
		{"no check", first + with(`def check(`, `def verify(`), `line 2: test does not define check; want a line "def check(candidate):" in it`},
		{"name of two lines", first + with(`"T/1"`, `"T\n1"`), `line 2: task_id "T\n1" is no name; want one line of at most 200 bytes`},
		{"not UTF-8 here", good("T/1") + "\n" + `{"é` + "\xff", "line 2: not UTF-8 at byte 5 of the line (byte 213 of the file)"},
		{"NUL byte", first + "{\x00}", "line 2: NUL byte at byte 2 of the line (byte 210 of the file)"},
		{"NUL escaped", first + with(`Double n`, `\u0000`), `line 2: field "prompt" holds a NUL character; want text`},
		{"UTF-16", "\xff\xfe{\x00", "line 1: is UTF-16 (it begins with that byte order mark); save the file as UTF-8"},
		{"UTF-16 big", "\xfe\xff\x00{", "line 1: is UTF-16 (it begins with that byte order mark); save the file as UTF-8"},
		{"zip", "PK\x03\x04....", "the file is a zip archive; want JSON lines, plain or compressed by gzip"},
		{"nothing", "", "there is no problem in it; want one JSON object a line"},
		{"blank", " \n\n", "there is no problem in it; want one JSON object a line"},
		{"only a mark", "\xef\xbb\xbf", "there is no problem in it; want one JSON object a line"},
		{"empty gzip", zipped(""), "there is no problem in it; want one JSON object a line"},
		{"gzip cut off", zipped(first + good("T/1"))[:170], "line 2: the gzip file is cut off here; copy it again"},
		{"gzip head cut off", "\x1f\x8b\x08", "the gzip file is cut off here; copy it again"},
		{"gzip damaged", damaged(zipped(first)), "line 2: the gzip file is damaged here (gzip: invalid checksum); copy it again"},
		{"rubbish after gzip", zipped(first) + "rubbish rubbish", "line 2: the gzip file is damaged here (gzip: invalid header); copy it again"},
		{"deep nesting", first + strings.Repeat("[", 20_000), "line 2: broken JSON at column 10001: invalid character '[' exceeded max depth"},
	} {
		got, err := Read(strings.NewReader(c.text), Limits{})
		var faults *Faults
		if got != nil || !errors.As(err, &faults) {
			t.Errorf("%s: got %d problems, %v, want faults", c.name, len(got), err)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, err, c.want)
		}
		if fault.KindOf(err) != fault.Invalid || fault.Sentence(err) != err.Error() {
			t.Errorf("%s: people would read %q", c.name, fault.Sentence(err))
		}
	}
}

// damaged flips a bit of the checksum at the end of a gzip file.
func damaged(z string) string {
	b := []byte(z)
	b[len(b)-8] ^= 1
	return string(b)
}

func TestAllFaultsAreListedUpToTwenty(t *testing.T) {
	t.Parallel()
	_, err := Read(strings.NewReader(with(`"twice"`, `4`)+"\n"+good("T/2")+"\n{}\nnope\n"), Limits{})
	var faults *Faults
	if !errors.As(err, &faults) || len(faults.Entries) != 7 || faults.More {
		t.Fatalf("got %v, want 7 entries", err)
	}
	if got := faults.Entries[6]; got.Line != 4 {
		t.Errorf("last entry: got %v, want line 4", got)
	}
	_, err = Read(strings.NewReader(strings.Repeat("nope\n", 50)), Limits{})
	if !errors.As(err, &faults) || len(faults.Entries) != 20 || !faults.More {
		t.Errorf("50 broken lines: got %d entries", len(faults.Entries))
	}
	if !strings.HasSuffix(err.Error(), "there may be more") {
		t.Errorf("the end is not said: %s", err)
	}
}

func TestSizesAreLimited(t *testing.T) {
	t.Parallel()
	long := with("Double", strings.Repeat("x", 10<<20))
	lines := good("T/1") + "\n" + good("T/2") + "\n" + good("T/3") + "\n"
	for _, c := range []struct {
		name, text string
		limits     Limits
		want       string
	}{
		{"10 MB prompt", long, Limits{}, `line 1: field "prompt" is 10485788 bytes long; want at most 1 MB`},
		{"long line", long + "\n" + "nope", Limits{Line: 8 << 20}, "line 1: is over 8 MB long\nline 2: broken JSON at column 2: invalid character 'o' in literal null (expecting 'u')"},
		{"many lines", lines, Limits{Lines: 2}, "line 3: the file has more than 2 lines"},
		{"long file", lines, Limits{Total: 300}, "line 2: the file is over 300 bytes"},
		{"gzip bomb", zipped(strings.Repeat("\n", 1<<20)), Limits{Total: 2 << 10, Lines: 1 << 30}, "line 2049: the file is over 2 kB"},
		{"gzip bomb in one line", zipped(strings.Repeat(" ", 4<<20)), Limits{Total: 2 << 20}, "line 1: the file is over 2 MB"},
		{"many fields", "{" + manyFields(1001) + "}", Limits{}, "line 1: has more than 1000 fields"},
	} {
		got, err := Read(strings.NewReader(c.text), c.limits)
		if err == nil || got != nil || err.Error() != c.want {
			t.Errorf("%s: got %d problems, %.300v, want %s", c.name, len(got), err, c.want)
		}
	}
}

func manyFields(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`"f%d": 0`, i)
	}
	return strings.Join(out, ",")
}

func TestTroubleOfTheReaderIsNoFaultOfTheFile(t *testing.T) {
	t.Parallel()
	trouble := errors.New("disk gone")
	for _, text := range []string{"", good("T/1") + "\n"} {
		_, err := Read(io.MultiReader(strings.NewReader(text), iotest.ErrReader(trouble)), Limits{})
		var faults *Faults
		if !errors.Is(err, trouble) || errors.As(err, &faults) {
			t.Errorf("got %v, want the reader's error", err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		good("T/1"), good("T/1") + "\n" + good("T/1"), zipped(good("T/1")), "\xff\xfe", `{"a":[{}]}`, "{\"\xff", `{"task_id": "\ud800"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		problems, err := Read(bytes.NewReader(data), Limits{Total: 4 << 20})
		if (err == nil) != (len(problems) > 0) {
			t.Fatalf("%d problems with %v", len(problems), err)
		}
		var faults *Faults
		if err != nil && (!errors.As(err, &faults) || len(faults.Entries) == 0 || len(faults.Entries) > mostEntries) {
			t.Fatalf("no usable faults: %v", err)
		}
		names := map[string]bool{}
		for _, p := range problems {
			if names[p.TaskID] || p.Prompt == "" || p.Solution == "" || !identifier(p.EntryPoint) {
				t.Fatalf("bad problem: %+v", p)
			}
			names[p.TaskID] = true
		}
	})
}
