// Package signin lets people in and remembers them while their session lasts.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/mail"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/assay-bench/assay/internal/access"
	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/id"
	"github.com/assay-bench/assay/internal/org"
	"github.com/assay-bench/assay/internal/pg"
)

// linkLife is how long a sign-in link may be used after it was printed.
const linkLife = 24 * time.Hour

// Account is a person.
type Account struct {
	ID    id.ID
	Name  string
	Email string
}

// Service signs people in.
type Service struct {
	db   *pg.DB
	orgs *org.Service
	home org.Org
}

// New returns the service; home is the org whose owner a link signs in.
func New(db *pg.DB, orgs *org.Service, home org.Org) *Service {
	return &Service{db: db, orgs: orgs, home: home}
}

// NewLink returns the token of a fresh link that signs the owner in once,
// within a day. Only its SHA-256 is kept. Whoever may run Assay's own commands
// may ask for one.
func (s *Service) NewLink(ctx context.Context) (string, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	token := base64.RawURLEncoding.EncodeToString(raw)
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) error {
		if err := deleteOldLinks(ctx, tx); err != nil {
			return err
		}
		return insertLink(ctx, tx, digest(token), time.Now().Add(linkLife))
	})
	return token, err
}

// Look reports whether the link of token may still be used, and whether it
// would make the first owner, who then has to give a name. It changes nothing,
// so that a mail scanner which follows the link does not use it up.
func (s *Service) Look(ctx context.Context, token string) (open, first bool, err error) {
	err = s.db.AsSystem(ctx, func(tx pgx.Tx) error {
		if open, err = linkIsOpen(ctx, tx, digest(token)); err != nil || !open {
			return err
		}
		_, err := s.orgs.FirstOwner(ctx, tx, s.home.ID)
		first = fault.KindOf(err) == fault.NotFound
		if first {
			return nil
		}
		return err
	})
	return open, first, err
}

// Use spends the link of token and returns the owner it signs in. The first
// link of an installation makes that owner with the given name and e-mail
// address; later ones ignore both. A spent, old or unknown link is Forbidden,
// and a name or address that cannot be used is Invalid and spends nothing.
func (s *Service) Use(ctx context.Context, token, name, email string) (id.ID, error) {
	var account id.ID
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) error {
		if err := lockOwner(ctx, tx); err != nil {
			return err
		}
		err := useLink(ctx, tx, digest(token))
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.Forbidden, "this sign-in link was used before or is older than a day; run `assay link` for a new one")
		}
		if err != nil {
			return err
		}
		account, err = s.orgs.FirstOwner(ctx, tx, s.home.ID)
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		account, err = s.found(ctx, tx, name, email)
		return err
	})
	return account, err
}

// found makes the first owner.
func (s *Service) found(ctx context.Context, tx pgx.Tx, name, email string) (id.ID, error) {
	who := Account{ID: id.New(), Name: strings.TrimSpace(name), Email: strings.TrimSpace(email)}
	if who.Name == "" || len(who.Name) > 200 {
		return id.Nil, fault.New(fault.Invalid, "enter your name, 1 to 200 letters")
	}
	if at, err := mail.ParseAddress(who.Email); err != nil || at.Address != who.Email || len(who.Email) > 320 {
		return id.Nil, fault.New(fault.Invalid, "enter an e-mail address such as mara@example.org")
	}
	if err := insertAccount(ctx, tx, who); err != nil {
		var clash *pgconn.PgError
		if errors.As(err, &clash) && clash.Code == "23505" {
			return id.Nil, fault.New(fault.Conflict, "that e-mail address is taken; enter another")
		}
		return id.Nil, err
	}
	return who.ID, s.orgs.Join(ctx, tx, s.home.ID, who.ID, "owner")
}

// Actor returns account as one who acts in the first of its orgs. An account
// that is gone or in no org is Unsigned.
func (s *Service) Actor(ctx context.Context, account id.ID) (access.Actor, error) {
	var who Account
	err := s.db.AsSystem(ctx, func(tx pgx.Tx) (err error) {
		who, err = accountByID(ctx, tx, account)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Actor{}, fault.New(fault.Unsigned, "this account no longer exists")
	}
	if err != nil {
		return access.Actor{}, err
	}
	orgs, err := s.orgs.Of(ctx, account)
	if err != nil {
		return access.Actor{}, err
	}
	if len(orgs) == 0 {
		return access.Actor{}, fault.New(fault.Unsigned, "this account belongs to no organization")
	}
	in := orgs[0]
	return access.Actor{Account: who.ID, Name: who.Name, Org: in.Org.ID, OrgName: in.Org.Name, Role: in.Role}, nil
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
