package extract

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	plainPrompt = "def area(w, h):\n    \"\"\"Area of a rectangle.\"\"\"\n"
	plainCode   = "def area(w, h):\n    return w * h\n"
	richHead    = "import math\nfrom typing import List\n\n\ndef unit(n):\n    return max(n, 0)\n"
	richPrompt  = richHead + "\n\ndef area(w, h):\n    \"\"\"Area of a rectangle.\"\"\"\n"
)

// fences writes ”' as ``` so that answers can stand in raw strings.
func fences(s string) string { return strings.ReplaceAll(s, "'''", "```") }

func TestTheProgramIsFoundHoweverTheAnswerIsWritten(t *testing.T) {
	t.Parallel()
	underPlain := func(body string) string { return plainPrompt + body }
	for _, c := range []struct{ name, answer, rule, code string }{
		{"only code", plainCode, WholeAnswer, plainCode},
		{"code with imports and a class", "import math\n\n@cache\nclass A:\n    pass\n\n" + plainCode, WholeAnswer, "import math\n\n@cache\nclass A:\n    pass\n\n" + plainCode},
		{"code indented as a whole", "    def area(w, h):\n        return w * h", WholeAnswer, plainCode},
		{"code with a fence in its docstring", "def area(w, h):\n    \"\"\"\n    ```\n    area(1, 2)\n    ```\n    \"\"\"\n    return w * h\n", WholeAnswer, "def area(w, h):\n    \"\"\"\n    ```\n    area(1, 2)\n    ```\n    \"\"\"\n    return w * h\n"},
		{"code with text at the margin in a string", "def area(w, h):\n    s = \"\"\"\nThis is text.\n\"\"\"\n    return w * h\n", WholeAnswer, "def area(w, h):\n    s = \"\"\"\nThis is text.\n\"\"\"\n    return w * h\n"},
		{"signature over lines", "def area(\n    w,\n    h,\n):\n    return w * h\n", WholeAnswer, "def area(\n    w,\n    h,\n):\n    return w * h\n"},
		{"code on one line", "def area(w, h): return mul(w, h)", WholeAnswer, "def area(w, h): return mul(w, h)\n"},
		{"a lambda", "area = lambda w, h: w * h", WholeAnswer, "area = lambda w, h: w * h\n"},
		{"async", "async def area(w, h):\n    return 1", WholeAnswer, "async def area(w, h):\n    return 1\n"},
		{"type parameters", "def area[T](w: T, h: T) -> T:\n    return w * h\n", WholeAnswer, "def area[T](w: T, h: T) -> T:\n    return w * h\n"},
		{"main guard and asserts", plainCode + "\nif __name__ == \"__main__\":\n    print(area(1, 2))\nassert area(1, 1) == 1\n", WholeAnswer, plainCode + "\nif __name__ == \"__main__\":\n    print(area(1, 2))\nassert area(1, 1) == 1\n"},
		{"CRLF", strings.ReplaceAll(plainCode, "\n", "\r\n"), WholeAnswer, plainCode},
		{"lone CR", strings.ReplaceAll(plainCode, "\n", "\r"), WholeAnswer, plainCode},
		{"byte order mark", "\ufeff" + plainCode, WholeAnswer, plainCode},
		{"NUL", "def area(w, h):\n    return\x00 w * h\n", WholeAnswer, plainCode},
		{"not UTF-8", "def area(w, h):\n    return w * h  # \xff\n", WholeAnswer, "def area(w, h):\n    return w * h  # \ufffd\n"},
		{"tabs", "def area(w, h):\n\treturn w * h\n", WholeAnswer, "def area(w, h):\n\treturn w * h\n"},

		{"python fence", "'''python\n" + plainCode + "'''", SingleBlock, plainCode},
		{"py fence in prose", "Here you go:\n\n'''py\n" + plainCode + "'''\n\nIt multiplies.", SingleBlock, plainCode},
		{"bare fence", "'''\n" + plainCode + "'''\n", SingleBlock, plainCode},
		{"tilde fence", "~~~python\n" + plainCode + "~~~\n", SingleBlock, plainCode},
		{"four ticks", "'''`python\n" + plainCode + "'''`\n", SingleBlock, plainCode},
		{"four ticks around three", "'''`python\ndef area(w, h):\n    s = \"\"\"\n'''\n\"\"\"\n    return w * h\n'''`\n", SingleBlock, fences("def area(w, h):\n    s = \"\"\"\n'''\n\"\"\"\n    return w * h\n")},
		{"other function in a list", "1. So:\n\n   '''python\n   def b():\n       pass\n   '''\n", SingleBlock, "def b():\n    pass\n"},
		{"fence with attributes", "'''{.python .numberLines}\n" + plainCode + "'''\n", SingleBlock, plainCode},
		{"fence with a title", "'''Python title=\"a.py\"\n" + plainCode + "'''\n", SingleBlock, plainCode},
		{"fence in a list", "1. So:\n\n      '''python\n      def area(w, h):\n          return w * h\n      '''\n", SingleBlock, plainCode},
		{"block indented as a whole", "'''python\n  def area(w, h):\n      return w * h\n'''", SingleBlock, plainCode},
		{"wrong label, right code", "'''java\n" + plainCode + "'''", SingleBlock, plainCode},
		{"text label, right code", "'''text\n" + plainCode + "'''", SingleBlock, plainCode},
		{"markdown around it", "'''`markdown\n# Answer\n'''python\n" + plainCode + "'''\n'''`\n", SingleBlock, plainCode},
		{"on the line of the fence", "'''python def area(w, h): return w * h'''", SingleBlock, "def area(w, h): return w * h\n"},
		{"fence closed behind code", "'''python\ndef area(w, h):\n    return w * h'''\nDone.", SingleBlock, plainCode},
		{"code and its output", "'''python\n" + plainCode + "'''\nOutput:\n'''\n6\n'''\n", SingleBlock, plainCode},
		{"fence in a docstring of a block", "'''python\ndef area(w, h):\n    \"\"\"\n    '''\n    x\n    '''\n    \"\"\"\n    return w * h\n'''\n", SingleBlock, fences("def area(w, h):\n    \"\"\"\n    '''\n    x\n    '''\n    \"\"\"\n    return w * h\n")},
		{"other function", "'''python\ndef surface(w, h):\n    return w * h\n'''", SingleBlock, "def surface(w, h):\n    return w * h\n"},

		{"two versions", "'''python\ndef area(w, h):\n    return 0\n'''\nBetter:\n'''python\n" + plainCode + "'''", DefiningBlock, plainCode},
		{"code and its use", "'''python\n" + plainCode + "'''\nUse:\n'''python\nprint(area(2, 3))\n'''", DefiningBlock, plainCode},
		{"install, code, use", "'''bash\npip install x\n'''\n'''python\n" + plainCode + "'''\n'''python\nprint(area(2, 3))\n'''", DefiningBlock, plainCode},
		{"new block without a closing fence", "'''python\nx = 1\n'''python\n" + plainCode + "'''", DefiningBlock, plainCode},
		{"cut off after a whole version", "'''python\n" + plainCode + "'''\nOr:\n'''python\ndef area(w, h):\n    return (w", DefiningBlock, plainCode},
		{"helper in its own block", "First:\n'''python\ndef mul(a, b):\n    return a * b\n'''\nThen:\n'''python\ndef area(w, h):\n    return mul(w, h)\n'''", JoinedBlocks, "def mul(a, b):\n    return a * b\n\n\ndef area(w, h):\n    return mul(w, h)\n"},
		{"helper behind and of a helper", "'''python\ndef area(w, h):\n    return mul(w, h)\n'''\n'''python\nfrom operator import mul as times\n'''\n'''python\ndef mul(a, b):\n    return times(a, b)\n'''", JoinedBlocks, "from operator import mul as times\n\n\ndef mul(a, b):\n    return times(a, b)\n\n\ndef area(w, h):\n    return mul(w, h)\n"},
		{"helper that a comment ties to it", "'''python\n# for area\ndef mul(a, b):\n    return a * b  # area\n'''\n'''python\ndef area(w, h):\n    return mul(w, h)\n'''", JoinedBlocks, "# for area\ndef mul(a, b):\n    return a * b  # area\n\n\ndef area(w, h):\n    return mul(w, h)\n"},
		{"example with a helper of that name", "'''python\ndef area(w, h):\n    return w * h  # not show\n'''\n'''python\ndef show():\n    pass\nshow(area(1, 2))\n'''", DefiningBlock, "def area(w, h):\n    return w * h  # not show\n"},
		{"example with a variable of that name", "'''python\nout = 5\nprint(out)\n'''\n'''python\ndef area(w, h):\n    out = w * h\n    return out\n'''", DefiningBlock, "def area(w, h):\n    out = w * h\n    return out\n"},
		{"constant in its own block", "'''python\nUNIT = 5\n'''\n'''python\ndef area(w, h):\n    return w * h * UNIT\n'''", JoinedBlocks, "UNIT = 5\n\n\ndef area(w, h):\n    return w * h * UNIT\n"},
		{"none defines it", "'''python\ndef a():\n    pass\n'''\n'''python\ndef b():\n    pass\n'''", LastFences, "def b():\n    pass\n"},
		{"none defines it, output last", "'''python\ndef a():\n    pass\n'''\n'''python\ndef b():\n    pass\n'''\n'''text\nok\n'''", JoinedBlocks, "def a():\n    pass\n\n\ndef b():\n    pass\n"},

		{"fence never closed", "Sure:\n'''python\n" + plainCode, UnclosedFence, plainCode},
		{"cut off in the code", "'''python\ndef area(w, h):\n    return (w *", UnclosedFence, "def area(w, h):\n    return (w *\n"},

		{"prose around bare code", "Here is the function you wanted:\n\n" + plainCode + "\nIt's O(1) and uses no memory.", BareCode, plainCode},
		{"bare code with two parts", "This needs a helper:\n\ndef mul(a, b):\n    return a * b\n\nand then the function itself:\n\ndef area(w, h):\n    return mul(w, h)\n\nDone.", BareCode, "def mul(a, b):\n    return a * b\n\n\ndef area(w, h):\n    return mul(w, h)\n"},
		{"prose that looks like code", "import the module first.\nfrom there on, define it:\nclass of 2020\nfor example, this:\n" + plainCode + "return the product (see above)\n", BareCode, plainCode},
		{"markdown around bare code", "# Solution\n\n**Idea**: multiply.\n- one\n1. two\n[link](http://x)\n\n" + plainCode + "\n## Complexity\n\nTime: O(1)", BareCode, plainCode},
		{"bare code behind a forgotten bracket", "x = (1\n\n" + plainCode + "\nThat is all, see (1).\n", BareCode, "x = (1\n\n" + plainCode},
		{"bare code beside an output block", plainCode + "\nprints this:\n'''text\n6\n'''\n", BareCode, plainCode},
		{"thinking first", "<think>\n'''python\ndef area(w, h):\n    return 0\n'''\nhm, '''\n</think>\n" + plainCode, WholeAnswer, plainCode},
		{"thinking without its opening", "I try def area(w, h): and\n'''\nso.</think>\n\n'''python\n" + plainCode + "'''", SingleBlock, plainCode},
		{"thinking twice", "<thinking>a</thinking>\nWell.\n<think>\nb\n</think>'''python\n" + plainCode + "'''", SingleBlock, plainCode},
		{"thinking with a whole version, without its opening", "'''python\ndef area(w, h):\n    return 0\n'''\n</think>\n" + plainCode, WholeAnswer, plainCode},
		{"code with the tag at the margin", "'''python\ndef area(w, h):\n    s = \"\"\"\n<think>\n\"\"\"\n    return w * h\n'''", SingleBlock, "def area(w, h):\n    s = \"\"\"\n<think>\n\"\"\"\n    return w * h\n"},
		{"code that speaks of the tag", "'''python\ndef area(w, h):\n    s = \"<think></think>\"\n    return w * h\n'''", SingleBlock, "def area(w, h):\n    s = \"<think></think>\"\n    return w * h\n"},

		{"body alone", "    return w * h\n", BodyOnly, underPlain("    return w * h\n")},
		{"body at the margin", "return w * h", BodyOnly, underPlain("    return w * h\n")},
		{"body of several lines at the margin", "out = 0\nfor i in range(h):\n    out += w\nreturn out\n", BodyOnly, underPlain("    out = 0\n    for i in range(h):\n        out += w\n    return out\n")},
		{"body whose first line lost its indent", "out = w\n    out *= h\n    return out\n", BodyOnly, underPlain("    out = w\n    out *= h\n    return out\n")},
		{"loop whose first line lost its indent", "for i in range(h):\n        w += i\n    return w\n", BodyOnly, underPlain("    for i in range(h):\n        w += i\n    return w\n")},
		{"only a loop whose first line lost its indent", "for i in range(h):\n        print(i)\n", BodyOnly, underPlain("    for i in range(h):\n        print(i)\n")},
		{"helper whose first line lost its indent", "def mul(a, b):\n        return a * b\n    return mul(w, h)\n", BodyOnly, underPlain("    def mul(a, b):\n        return a * b\n    return mul(w, h)\n")},
		{"list whose first line lost its indent", "out = [\n        w,\n    ]\n    return out[0] * h\n", BodyOnly, underPlain("    out = [\n        w,\n    ]\n    return out[0] * h\n")},
		{"body that begins with a block on one line", "    if not w: return 0  # none\n    return w * h\n", BodyOnly, underPlain("    if not w: return 0  # none\n    return w * h\n")},
		{"body with two blanks", "  out = w\n  return out * h\n", BodyOnly, underPlain("    out = w\n    return out * h\n")},
		{"body with tabs", "\tif w:\n\t\treturn w * h\n\treturn 0\n", BodyOnly, underPlain("    if w:\n    \treturn w * h\n    return 0\n")},
		{"body and a helper behind it", "    return mul(w, h)\n\n\ndef mul(a, b):\n    return a * b\n\nThat is all.\n", BodyOnly, underPlain("    return mul(w, h)\n\n\ndef mul(a, b):\n    return a * b\n")},
		{"body in a fence", "'''python\n    return w * h\n'''", BodyOnly, underPlain("    return w * h\n")},
		{"body in a bare fence at the margin", "'''\nreturn w * h\n'''", BodyOnly, underPlain("    return w * h\n")},

		{"diff of a new file", "diff --git a/a.py b/a.py\nnew file mode 100644\n--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+def area(w, h):\n+    return w * h\n", NewFileDiff, plainCode},
		{"diff of a new file in a fence", "So:\n'''diff\n--- /dev/null\n+++ b/a.py\n+def area(w, h):\n+    return w * h\n'''", NewFileDiff, plainCode},
	} {
		got := Python(fences(c.answer), plainPrompt, "area")
		if !got.OK || got.Rule != c.rule || got.Code != c.code {
			t.Errorf("%s:\n got %q %t (%s)\n%s\nwant %q\n%s", c.name, got.Rule, got.OK, got.Note, got.Code, c.rule, c.code)
		}
	}
}

func TestAnAnswerWithoutAProgramSaysWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, answer, rule, note string }{
		{"nothing", "", EmptyAnswer, ""},
		{"white", " \n\t\r\n", EmptyAnswer, ""},
		{"only NUL", "\x00\x00", EmptyAnswer, "NUL"},
		{"prose", "I am sorry, but I can't help with that.", NoCode, "prose"},
		{"prose with commas and signs", "The area is width * height, so return that; for example:\n  2 by 3 is 6.\n", NoCode, "prose"},
		{"only thinking", "<think>\ndef area(w, h):\n    return 1\n", NoCode, "thinking"},
		{"only output", "'''text\n6\n'''", NoCode, "no block"},
		{"only a shell command", "Run\n'''bash\npip install area\n'''", NoCode, "no block"},
		{"empty block", "'''python\n'''", NoCode, "no block"},
		{"JavaScript fence", "'''javascript\nfunction area(w, h) { return w * h; }\n'''", WrongLanguage, "JavaScript"},
		{"Ruby fence", "'''ruby\ndef area(w, h)\n  w * h\nend\n'''", WrongLanguage, "Ruby"},
		{"Scala fence", "'''scala\ndef area(w: Int, h: Int): Int = w * h\n'''", WrongLanguage, "Scala"},
		{"Ruby bare", "def area(w, h)\n  w * h\nend\n", WrongLanguage, "Ruby"},
		{"JavaScript bare fence", "'''\nconst area = (w, h) => {\n  return w * h;\n};\n'''", WrongLanguage, "JavaScript"},
		{"JavaScript bare", "function area(w, h) {\n    return w * h;\n}\n", WrongLanguage, "JavaScript"},
		{"Java bare", "Here:\n\npublic class Main {\n    public static int area(int w, int h) {\n        return w * h;\n    }\n}\n", WrongLanguage, "Java"},
		{"C bare", "#include <stdio.h>\n\nint area(int w, int h) {\n    return w * h;\n}\n", WrongLanguage, "C"},
		{"Go bare", "package main\n\nfunc area(w, h int) int {\n\treturn w * h\n}\n", WrongLanguage, "Go"},
		{"Rust bare", "fn area(w: i64, h: i64) -> i64 {\n    w * h\n}\n", WrongLanguage, "Rust"},
		{"body in JavaScript", "    let out = w * h;\n    return out;\n", WrongLanguage, "JavaScript"},
		{"transcript", ">>> def area(w, h):\n...     return w * h\n>>> area(2, 3)\n6\n", Transcript, "session"},
		{"transcript in a fence", "'''python\n>>> area(2, 3)\n6\n'''", Transcript, "session"},
		{"transcript with its label", "'''pycon\n>>> area(2, 3)\n'''", Transcript, "session"},
		{"diff of an old file", "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n def area(w, h):\n-    pass\n+    return w * h\n", PatchOnly, "diff"},
		{"diff in a fence", "Change:\n'''diff\n def area(w, h):\n-    pass\n+    return w * h\n'''", PatchOnly, "diff"},
		{"diff that adds the function to an old file", "--- a/a.py\n+++ b/a.py\n@@ -1 +1,3 @@\n import math\n+def area(w, h):\n+    return w * h\n", PatchOnly, "diff"},
		{"diff of a new file without the function", "'''diff\n--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x = 1\n'''", PatchOnly, "diff"},
	} {
		got := Python(fences(c.answer), plainPrompt, "area")
		if got.OK || got.Code != "" || got.Rule != c.rule || !strings.Contains(got.Note, c.note) {
			t.Errorf("%s: got %q, %t, note %q, code %q, want %q with %q", c.name, got.Rule, got.OK, got.Note, got.Code, c.rule, c.note)
		}
	}
}

func TestWhatThePromptBringsStandsInFront(t *testing.T) {
	t.Parallel()
	future := "from __future__ import annotations\n"
	for _, c := range []struct{ name, prompt, answer, want string }{
		{"imports and helpers lack", richPrompt, plainCode, richHead + "\n\n" + plainCode},
		{"one import lacks", richPrompt, "import math\n\n" + plainCode, richHead + "\n\nimport math\n\n" + plainCode},
		{"all is there", richPrompt, richHead + "\n\n" + plainCode, richHead + "\n\n" + plainCode},
		{"body", richPrompt, "    return unit(w) * h\n", richPrompt + "    return unit(w) * h\n"},
		{"future first", richPrompt, future + plainCode, future + richHead + "\n\n" + plainCode},
		{"decorator of the prompt's function", "import math\n\n@cache\n@other(1)\n" + plainPrompt, plainCode, "import math\n\n\n" + plainCode},
		{"a variable lacks", "rate = 2\n\n" + plainPrompt, plainCode, "rate = 2\n\n\n" + plainCode},
		{"prompt with tabs", "def area(w, h):\n\t\"\"\"Area.\"\"\"\n", "return w * h", "def area(w, h):\n\t\"\"\"Area.\"\"\"\n\treturn w * h\n"},
		{"prompt with CRLF", strings.ReplaceAll(plainPrompt, "\n", "\r\n"), "    return w * h", plainPrompt + "    return w * h\n"},
		{"prompt ends in blanks", plainPrompt + "    ", "return w * h", plainPrompt + "    return w * h\n"},
		{"no prompt", "", plainCode, plainCode},
	} {
		if got := Python(c.answer, c.prompt, "area"); got.Code != c.want || !got.OK {
			t.Errorf("%s: got %q, %t\n%s\nwant\n%s", c.name, got.Rule, got.OK, got.Code, c.want)
		}
	}
}

func TestNotesSayWhatElseWasSeen(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		plainCode:                                         "",
		"\xff\x00\n" + plainCode:                          "bytes that are not UTF-8 were replaced; NUL characters were removed",
		"<think>x</think>" + plainCode:                    "thinking was left out",
		"```python\n" + plainCode:                         "the block is never closed; the answer may have been cut off",
		"```python\ndef b():\n    pass\n```":              "the answer does not define area",
		"```python\ndef b():\n    return (1":              "the block is never closed; the answer may have been cut off; the answer does not define area",
		"```js\nlet a = 1;\n```":                          "the answer is written in JavaScript; want Python",
		"<think>x</think>```python\n" + plainCode + "```": "thinking was left out",
	} {
		if got := Python(answer, plainPrompt, "area"); got.Note != want {
			t.Errorf("%q: got note %q, want %q", answer, got.Note, want)
		}
	}
}

// huge gives answers of about size bytes that are hard on one step or another.
func huge(size int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"one letter":            fill("x"),
		"blanks":                fill(" "),
		"newlines":              fill("\n"),
		"fence lines":           fill("```\n"),
		"fences with languages": fill("```python\n"),
		"ticks":                 fill("`"),
		"small blocks":          fill("```python\ndef a():0\n```\n"),
		"helper blocks":         fill("```python\ndef a(): b()\n```\n```\ndef b(): a()\n```\n") + "```python\ndef area(w, h): a()\n```",
		"versions":              fill("```python\n" + plainCode + "```\n"),
		"long program":          fill("x = 1\n") + plainCode,
		"long body":             fill("    w += h\n"),
		"open brackets":         fill("("),
		"open quotes":           fill("'''\"\"\""),
		"backslashes":           fill("\\\n"),
		"half definitions":      fill("def area(\n"),
		"false definitions":     fill(strings.Repeat("def area(\n", 150) + strings.Repeat(")", 150) + "\n"),
		"compound lines":        fill("if a:\n\n"),
		"compound on one line":  fill("if a: "),
		"thinking":              fill("<think>\n</think>\n") + plainCode,
		"prose":                 fill("This is a sentence about the area of things.\n"),
		"diff":                  "@@ -0,0 +1 @@\n" + fill("+x = 1\n"),
		"markdown blocks":       fill("````md\n```python\nx\n```\n````\n"),
		"indents":               fill(strings.Repeat(" ", 400) + "x\n"),
		"equal signs":           fill("="),
		"imports":               fill("import a, b, c\n"),
		"commas":                "import " + fill("a,"),
		"not UTF-8":             fill("\xff"),
	}
}

func TestTimeGrowsWithTheAnswerAndNoFaster(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 50 MB")
	}
	t.Parallel()
	for name, answer := range huge(2 << 20) {
		start := time.Now()
		got := Python(answer, richPrompt, "area")
		took := time.Since(start)
		t.Logf("%-22s %4d ms  %s", name, took.Milliseconds(), got.Rule)
		// No timed test: this bound tells linear from quadratic (minutes), no more.
		if took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func BenchmarkPython5MB(b *testing.B) {
	for name, answer := range huge(5 << 20) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(answer)))
			for b.Loop() {
				Python(answer, richPrompt, "area")
			}
		})
	}
}

func FuzzPython(f *testing.F) {
	for _, s := range []string{
		plainCode, "'''python\n" + plainCode + "'''", "    return 1", "<think>a</think>b", "x = (\n", "'''py\n>>> a\n'''", "+def area(",
		"def area(w, h)\nend", "diff --git \n@@ -\n+a", "```a```", "'''md\n'''python\nx\n", "\xff\x00\r", "return 'a\\", "for a in b:\n        c",
	} {
		f.Add(fences(s), richPrompt, "area")
	}
	f.Fuzz(func(t *testing.T, answer, prompt, entry string) {
		got := Python(answer, prompt, entry)
		again := Python(answer, prompt, entry)
		if got != again {
			t.Fatalf("two results for one answer: %+v, %+v", got, again)
		}
		if got.OK != (got.Code != "") || got.Rule == "" {
			t.Fatalf("OK %t with code %q by rule %q", got.OK, got.Code, got.Rule)
		}
		if !utf8.ValidString(got.Code) || strings.ContainsAny(got.Code, "\x00\r") {
			t.Fatalf("code is not clean: %q", got.Code)
		}
	})
}
