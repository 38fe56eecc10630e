// Package secret seals what must not be read from the database alone, such as
// provider keys.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/internal/fault"
)

// version is the first byte of every sealed value; the next four name the key.
const version = 1

// Box seals and opens with one 256-bit key (AES-256-GCM).
type Box struct {
	aead cipher.AEAD
	kid  [4]byte
}

// New returns a box for key, which is 32 bytes in base64, as `head -c 32
// /dev/urandom | base64` prints them. Anything else is Invalid.
func New(key string) (*Box, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) != 32 {
		return nil, fault.New(fault.Invalid, "ASSAY_SECRET_KEY is not 32 bytes in base64; make one with: head -c 32 /dev/urandom | base64")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher mode: %w", err)
	}
	digest := sha256.Sum256(append([]byte("assay key id "), raw...))
	return &Box{aead: aead, kid: [4]byte(digest[:4])}, nil
}

// FromFile returns a box for the key kept in dir/secret.key, which it makes at
// the first use, readable by its owner only. Whoever loses the file loses the
// secrets sealed with it.
func FromFile(dir string) (*Box, error) {
	path := filepath.Join(dir, "secret.key")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = create(path)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the secret key %s cannot be read or made: %w", path, err)
	}
	return New(string(raw))
}

// create writes a new key whole or not at all.
func create(path string) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails, see crypto/rand
	text := []byte(base64.StdEncoding.EncodeToString(fresh) + "\n")
	tmp, err := os.CreateTemp(filepath.Dir(path), "secret-*.new") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(text); err != nil {
		return nil, errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return nil, err
	}
	// A link, unlike a rename, does not replace the key of another process that was faster.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

// Seal encrypts plain. place says where the value lives ("table|column|id") and
// must be given again to open it, so that a value moved elsewhere does not open.
func (b *Box) Seal(plain []byte, place string) []byte {
	head := append([]byte{version}, b.kid[:]...)
	nonce := make([]byte, b.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see crypto/rand
	return b.aead.Seal(append(head, nonce...), nonce, plain, b.bind(head, place))
}

// Open decrypts what Seal made for the same place. A value of another key, of
// another place or changed since is a fault: Unavailable.
func (b *Box) Open(sealed []byte, place string) ([]byte, error) {
	head, n := 1+len(b.kid), b.aead.NonceSize()
	if len(sealed) < head+n || sealed[0] != version {
		return nil, fault.New(fault.Unavailable, "a stored secret is damaged; enter it again")
	}
	if [4]byte(sealed[1:head]) != b.kid {
		return nil, fault.New(fault.Unavailable, "a stored secret was sealed with another key; bring back the old ASSAY_SECRET_KEY or enter the secret again")
	}
	plain, err := b.aead.Open(nil, sealed[head:head+n], sealed[head+n:], b.bind(sealed[:head], place))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "a stored secret is damaged; enter it again")
	}
	return plain, nil
}

func (b *Box) bind(head []byte, place string) []byte {
	return append(append([]byte{}, head...), place...)
}
