package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-bench/assay/internal/fault"
)

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	box, err := FromFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal([]byte("sk-very-secret"), "provider|key|1")
	if bytes.Contains(sealed, []byte("secret")) {
		t.Fatal("the sealed value shows its plain text")
	}
	if got, err := box.Open(sealed, "provider|key|1"); err != nil || string(got) != "sk-very-secret" {
		t.Errorf("open: got %q, %v", got, err)
	}
	if _, err := box.Open(sealed, "provider|key|2"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("moved value: got %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := box.Open(bad, "provider|key|1"); err == nil {
			t.Errorf("a value with byte %d flipped was opened", i)
		}
		if _, err := box.Open(sealed[:i], "provider|key|1"); err == nil {
			t.Errorf("a value cut to %d bytes was opened", i)
		}
	}
}

func TestTheKeyFileIsMadeOnceAndPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := FromFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := FromFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := second.Open(first.Seal([]byte("x"), "p"), "p"); err != nil || string(got) != "x" {
		t.Errorf("second start: got %q, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, "secret.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: mode %v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("files left: %v", files)
	}
}

func TestAWrongKeyIsNamed(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "short", "bm90IHRoaXJ0eS10d28gYnl0ZXM="} {
		if _, err := New(key); fault.KindOf(err) != fault.Invalid {
			t.Errorf("key %q: got %v", key, err)
		}
	}
}
