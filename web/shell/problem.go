package shell

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/assay-bench/assay/internal/fault"
)

// Problem answers a program with an error as application/problem+json (RFC 9457).
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	kind, status, request := fault.KindOf(err), fault.Status(err), middleware.GetReqID(r.Context())
	if kind == fault.Internal {
		slog.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", LogPath(r), "request", request, "error", err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	body := map[string]any{"type": "about:blank", "title": titles[kind], "status": status, "detail": fault.Sentence(err), "request": request}
	_ = json.NewEncoder(w).Encode(body) // the reader may have left
}
