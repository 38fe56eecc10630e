package pg_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/assay-bench/assay/internal/fault"
	"github.com/assay-bench/assay/internal/pg"
	"github.com/assay-bench/assay/internal/pg/pgtest"
)

func TestAWrongAddressIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, url, want string
	}{
		{"empty", " ", "DATABASE_URL is empty"},
		{"another database", "mysql://root:hunter2@localhost/x", "DATABASE_URL is no Postgres address"},
		{"a word", "hunter2", "DATABASE_URL is no Postgres address"},
		{"a broken URL", "postgres://u:hunter2@[::1/x", "DATABASE_URL is no Postgres address"},
		{"a port that is none", "postgres://u:hunter2@localhost:port/x", "DATABASE_URL is no Postgres address"},
		{"an unknown host", "postgres://u:hunter2@assay.invalid/x", `the host "assay.invalid" of DATABASE_URL has no address`},
		{"nobody there", "postgres://u:hunter2@" + freePort(t) + "/x", "nothing answers at 127.0.0.1:"},
		{"no socket", "postgres:///x?host=" + t.TempDir(), "nothing answers at /"},
		{"not Postgres", "postgres://u:hunter2@" + server(t, talkHTTP) + "/x?sslmode=disable", "is no Postgres server"},
		{"hangs up", "postgres://u:hunter2@" + server(t, func(net.Conn) {}) + "/x?sslmode=disable", "is no Postgres server"},
		{"silence", "postgres://u:hunter2@" + server(t, silence) + "/x?sslmode=disable&connect_timeout=1", "cannot be reached"},
		{"wrong password", "postgres://u:hunter2@" + server(t, refuse("28P01")) + "/x?sslmode=disable", `does not let "u" in (28P01)`},
		{"full", "postgres://u:hunter2@" + server(t, refuse("53300")) + "/x?sslmode=disable", "no connection left"},
		{"too old", "postgres://u:hunter2@" + server(t, oldServer) + "/x?sslmode=disable", "is Postgres 14.9: Assay needs 15 or later"},
		{"still starting", "postgres://u:hunter2@" + server(t, refuse("57P03")) + "/x?sslmode=disable", "still starting up or recovering"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := pg.Open(ctx, pg.Config{URL: test.url})
			checkSentence(t, err, test.want)
			if test.name == "wrong password" {
				checkSentence(t, pg.Migrate(ctx, test.url, nil, pg.Options{}), test.want)
			}
		})
	}
}

func checkSentence(t *testing.T, err error, want string) {
	t.Helper()
	got := fault.Sentence(err)
	if !strings.Contains(got, want) || strings.Contains(got, "\n") {
		t.Errorf("got %q (%v), want %q in one line", got, err, want)
	}
	if err != nil && strings.Contains(err.Error()+got, "hunter2") {
		t.Errorf("the password is printed: %v", err)
	}
}

func TestAMissingDatabaseIsNamed(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgtest.EmptyURL(t))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/absent"
	_, err = pg.Open(t.Context(), pg.Config{URL: u.String()})
	checkSentence(t, err, `there is no database "absent" at`)
}

func TestOpenWaitsForAServerThatIsStarting(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	address := server(t, func(conn net.Conn) {
		if asked.Add(1) < 4 {
			refuse("57P03")(conn)
			return
		}
		refuse("28P01")(conn)
	})
	_, err := pg.Open(t.Context(), pg.Config{URL: "postgres://u@" + address + "/x?sslmode=disable"})
	checkSentence(t, err, "28P01")
	if got := asked.Load(); got != 4 {
		t.Errorf("asked %d times, want 4", got)
	}
}

// server answers each connection with talk and returns its address.
func server(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func talkHTTP(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 1024))
	_, _ = fmt.Fprint(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
}

func silence(conn net.Conn) {
	for buffer := make([]byte, 1024); ; {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// refuse is a server that refuses every connection with the given code.
func refuse(code string) func(net.Conn) {
	return func(conn net.Conn) {
		answer(conn, &pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "no, u with hunter3"})
	}
}

func oldServer(conn net.Conn) {
	answer(conn, &pgproto3.AuthenticationOk{}, &pgproto3.ParameterStatus{Name: "server_version", Value: "14.9 (Debian)"},
		&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}}, &pgproto3.ReadyForQuery{TxStatus: 'I'})
}

func answer(conn net.Conn, messages ...pgproto3.BackendMessage) {
	backend := pgproto3.NewBackend(conn, conn)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	for _, m := range messages {
		backend.Send(m)
	}
	_ = backend.Flush()
}

// freePort returns an address at which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
